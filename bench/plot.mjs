const LINE = 22;
const LEFT = 330;
const WIDTH = 420;
const COLOURS = { ours: "#2563eb", other: "#d97706" };

/**
 * Time over the floor's, a bar each on a logarithmic scale, as SVG. The line is the floor, a tick what the goal allows.
 * @param {readonly object[]} results of benches
 */
export function plot(results) {
  const bars = results.flatMap(({ name, rows }) =>
    rows.slice(1).map((row, at) => ({ label: at === 0 ? name : "", row })),
  );
  const most = Math.max(10, ...bars.map(({ row }) => row.wallRatio.median));
  const x = (ratio) => LEFT + (Math.log10(Math.max(ratio, 0.5) / 0.5) / Math.log10(most / 0.5)) * WIDTH;
  const lines = bars.flatMap((bar, at) => drawn(bar, at * LINE + 30, x));
  const height = bars.length * LINE + 50;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 210} ${height}" font-family="sans-serif" font-size="12">`,
    "<title>Time as a multiple of the floor's, logarithmic; shorter is faster</title>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<rect x="${x(1).toFixed(1)}" y="20" width="1" height="${height - 40}" fill="#9aa4b2"/>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function drawn({ label, row }, y, x) {
  const colour = row.name.startsWith("Stagecraft") ? COLOURS.ours : COLOURS.other;
  const end = x(row.wallRatio.median);
  const text = `${row.wallRatio.median.toFixed(1)} × ${escaped(row.name)}`;
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
