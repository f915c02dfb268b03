// Writes figures into `docs/performance.md`: what stands between two marks there is replaced.
import fs from "node:fs";
import { plain, times, verdicts } from "./goals.mjs";
import { SMALL } from "./large.mjs";
import { plot } from "./plot.mjs";
import { told } from "./table.mjs";
import { COMMON } from "./workloads.mjs";

const DOCS = new URL("../docs/", import.meta.url);

/** @param {readonly object[]} list results of benches */
export function writePage(list) {
  const results = new Map(list.map((result) => [result.id, result]));
  const page = new URL("performance.md", DOCS);
  const tables = { where, goals, graphs, peers, modes, syncs };
  let text = fs.readFileSync(page, "utf8");
  for (const [name, table] of Object.entries(tables)) text = replaced(text, name, table(results));
  fs.writeFileSync(page, text);
  const plots = {
    performance: /^(memory|sqlite3|better-sqlite3|postgres)\/(?!wf)/,
    peers: /^peers(-memory)?\//,
  };
  for (const [name, ids] of Object.entries(plots)) {
    const wanted = list
      .filter(({ id }) => ids.test(id))
      .map(({ rows, ...more }) => ({ ...more, rows: rows.filter(isTime) }));
    fs.writeFileSync(new URL(`images/${name}.svg`, DOCS), plot(wanted));
  }
}

/** Some stand beside for comparison and are no contestant of the floor. */
const isTime = ({ name }) => name !== SMALL;

function replaced(text, name, table) {
  const [open, close] = [`<!-- figures: ${name} -->`, "<!-- end -->"];
  const start = text.indexOf(open);
  if (start < 0) throw new Error(`docs/performance.md has no ${open}`);
  const end = text.indexOf(close, start);
  return `${text.slice(0, start)}${open}\n\n${table}\n\n${text.slice(end)}`;
}

function tableOf(heads, rows) {
  if (rows.length === 0) return "_Not measured._";
  return [heads, heads.map((_, at) => (at === 0 ? "---" : "---:")), ...rows].map(line).join("\n");
}
const line = (cells) => `| ${cells.join(" | ")} |`;
const ms = (number) =>
  number >= 100 ? Math.round(number).toLocaleString("en") : number.toFixed(number >= 9.95 ? 0 : 1);

/** One line a machine and commit. */
function where(results) {
  const groups = new Map();
  for (const { where: at } of results.values()) {
    const { loadBefore: _, ...same } = at;
    const text = told(same);
    groups.set(text, (groups.get(text) ?? 0) + 1);
  }
  return [...groups]
    .map(([text, count]) => `- ${text} ${groups.size === 1 ? "" : `(${count} of ${results.size} benches)`}`.trimEnd())
    .join("\n");
}

function goals(results) {
  const rows = verdicts(results).map(({ what, figure, goal, isMet }) => [what, figure, goal, isMet ? "yes" : "**no**"]);
  return tableOf(["what", "measured", "goal", "met"], rows);
}

/** Milliseconds of floor and Stagecraft, and their ratios. */
function graphs(results) {
  const wanted = [...results.values()].filter(({ id }) =>
    /^(memory|sqlite3|better-sqlite3|postgres|startup|validate)\//.test(id),
  );
  const rows = wanted.flatMap(({ name, rows: [floor, ...ours], rounds, kept }) =>
    ours
      .filter(isTime)
      .map((row) => [
        ours.filter(isTime).length === 1 ? name : `${name}: ${row.name}`,
        floor.name,
        ms(floor.wall.median),
        `${ms(row.wall.median)} (${ms(row.wall.low)}–${ms(row.wall.high)})`,
        row.cpu ? ms(row.cpu.median) : "",
        plain(row.wallRatio.median),
        row.cpuRatio ? plain(row.cpuRatio.median) : "",
        row.rss ? row.rss.median.toFixed(0) : "",
        `${kept} of ${rounds}`,
      ]),
  );
  return tableOf(["what", "floor", "its ms", "ms", "CPU ms", "÷ floor", "CPU ÷ floor", "MiB", "rounds"], rows);
}

/** One table for memory and one for disk: each engine's milliseconds on each workload, and how many times Stagecraft's. */
function peers(results) {
  const tables = [
    ["peers-memory", "Stagecraft"],
    ["peers", "Stagecraft, SQLite"],
  ].map(([place, base]) => {
    const benches = COMMON.map((workload) => results.get(`${place}/${workload}`)).filter(
      (result) => result !== undefined,
    );
    const names = [
      ...new Set(benches.flatMap(({ rows }) => rows.map(({ name }) => name.replace(/^floor.*/, "floor")))),
    ];
    const rows = names.map((name) => [name, ...benches.map((bench) => cellOf(bench, name, base))]);
    return tableOf([place === "peers" ? "durable" : "in memory", ...benches.map(titleOf)], rows);
  });
  return tables.join("\n\n");
}

const titleOf = ({ name }) => name.replace(/^.*?: /, "");

function cellOf({ rows, failed }, name, base) {
  const row = rows.find((one) => one.name === name || (name === "floor" && one.name.startsWith("floor")));
  if (row === undefined) return failed.includes(name) ? "failed" : "—";
  const ratio = row.wall.median / rows.find((one) => one.name === base).wall.median;
  return `${ms(row.wall.median)} ms · ${times(ratio)}`;
}

/** CPU time and times the floor's, of the same workloads, by how they are run: of so few rounds it scatters less than wall time. */
function modes(results) {
  const cold = [...results.values()].filter(({ id }) => results.has(`warm-${id}`) || results.has(`command-${id}`));
  const rows = cold.map(({ id, name }) => [
    name,
    ...[id, `command-${id}`, `warm-${id}`].map((one) => {
      const row = results.get(one)?.rows[1];
      return row === undefined ? "—" : `${ms(row.cpu.median)} ms · ${plain(row.cpuRatio.median)}`;
    }),
  ]);
  return tableOf(["CPU", "cold", "cold, as a command", "warm"], rows);
}

function syncs(results) {
  const [ours, peersCount] = [
    [...COMMON, "pure:1000"].map((one) => results.get(`syncs/${one}`)),
    results.get("syncs/peers"),
  ];
  const there = ours.filter((result) => result !== undefined);
  const names = [...new Set(there.flatMap(({ counts }) => counts.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...there.map(({ counts }) => counts.find((one) => one.name === name)?.syncs.toFixed(0) ?? "—"),
  ]);
  const ofRuns = tableOf(["syncs of a whole run", ...there.map(titleOf)], rows);
  const ofPeers = peersCount?.counts.map(({ name, syncs: count }) => [name, count.toFixed(2)]) ?? [];
  return `${ofRuns}\n\n${tableOf(["syncs a stage of a chain", ""], ofPeers)}`;
}
