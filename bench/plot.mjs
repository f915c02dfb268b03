const LINE = 22;
const LEFT = 330;
const WIDTH = 420;
const COLOURS = { floor: "#9aa4b2", Stagecraft: "#2563eb" };
const PEER = "#d97706";

/** CPU time tells more than wall time on a busy machine; what was only timed to its first word has none. */
const ratioOf = ({ cpuRatio, wallRatio }) => (cpuRatio ?? wallRatio).median;

/** Time over the floor's, a bar each on a logarithmic scale, as SVG. A tick is what the goal allows. */
export function plot(results) {
  const bars = results.flatMap(({ name, rows }) =>
    rows.map((row, at) => ({ label: at === 0 ? name : "", row, isFloor: at === 0 })),
  );
  const most = Math.max(10, ...bars.map(({ row }) => ratioOf(row)));
  const x = (ratio) => LEFT + (Math.log10(Math.max(ratio, 0.5) / 0.5) / Math.log10(most / 0.5)) * WIDTH;
  const lines = bars.flatMap((bar, at) => drawn(bar, at * LINE + 30, x));
  const height = bars.length * LINE + 50;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 90} ${height}" font-family="sans-serif" font-size="12">`,
    "<title>CPU time, or else wall time, as a multiple of the floor's, logarithmic; shorter is faster</title>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function drawn({ label, row, isFloor }, y, x) {
  const colour = isFloor ? COLOURS.floor : /^(LangGraph|Mastra)/.test(row.name) ? PEER : COLOURS.Stagecraft;
  const end = x(ratioOf(row));
  const text = `${ratioOf(row).toFixed(1)} × ${escaped(isFloor ? "floor" : row.name)}`;
  return [
    ...(label === "" ? [] : [`<text x="8" y="${y + 12}">${escaped(label)}</text>`]),
    `<rect x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${LINE - 6}" fill="${colour}"/>`,
    ...(row.goal === undefined
      ? []
      : [`<rect x="${x(row.goal).toFixed(1)}" y="${y - 2}" width="2" height="${LINE - 2}" fill="#111827"/>`]),
    `<text x="${(end + 6).toFixed(1)}" y="${y + 12}">${text}</text>`,
  ];
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("`", "");
}
