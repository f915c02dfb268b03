// What the project set itself, and what the results say to it.
import { spread } from "./harness.mjs";
import { SMALL } from "./large.mjs";
import { SYNCED } from "./peers.mjs";
import { COMMON, TITLES } from "./workloads.mjs";

/**
 * @typedef {object} Verdict
 * @property {string} what
 * @property {string} figure
 * @property {string} goal
 * @property {boolean} isMet
 */

const PLACES = ["sqlite3", "better-sqlite3", "postgres"];
/** How much better than the goal it was meant to be, of a thousand stages. */
const AIMS = {
  memory: [1.5, 1.5, 1.5, 1.5],
  sqlite3: [1.15, 2, 2, 2],
  "better-sqlite3": [1.15, 2, 2, 2],
  postgres: [1.15, 2, 2, 2],
};
/** How many times faster than those that sync, by driver. */
const FASTER = {
  "chain:1000": { SQLite: 1.8, "better-sqlite3": 2.5 },
  "fan:1000": { SQLite: 3, "better-sqlite3": 3 },
  "layers:1000": { SQLite: 3, "better-sqlite3": 3 },
  "runs:1000": { SQLite: 4, "better-sqlite3": 4 },
};

/** Every goal of which something was measured. @param {Map<string, object>} results by id @returns {readonly Verdict[]} */
export function verdicts(results) {
  const floors = [...inMemory(results), ...durable(results)].map((id) => ofFloor(results.get(id), id));
  return [
    ...floors,
    ...["chain", "list"].map((shape) => growth(results.get(`memory/${shape}:100000`))),
    ...COMMON.flatMap((workload) => fasterThan(results.get(`peers/${workload}`), workload)),
    ...counted(results),
    ...["sqlite3/resumed", "startup/end", "startup/first", "validate/0", "validate/1"].map((id) =>
      ofFloor(results.get(id), id),
    ),
  ].filter((verdict) => verdict !== undefined);
}

function inMemory(results) {
  const graphs = [...results.keys()].filter((id) => id.startsWith("memory/"));
  return [...graphs.filter((id) => !id.includes("wf:")), ...graphs.filter((id) => id.includes("wf:"))];
}

/** What a stage of 100,000 costs, over what one of 1,000 does. */
function growth(result) {
  if (result === undefined) return undefined;
  const ratio = medianOf(result.samples.map((of) => of["Stagecraft"].wall / of[SMALL].wall));
  return {
    what: `${result.name}: a stage, over one of 1,000`,
    figure: times(ratio),
    goal: "≤ 1.5",
    isMet: ratio <= 1.5,
  };
}

function durable(results) {
  const ids = PLACES.flatMap((place) =>
    [...COMMON, "fan:10000", "list:10000", "list:100000"].map((one) => `${place}/${one}`),
  );
  return [...ids, "sqlite3/pure:1000"].filter((id) => results.has(id));
}

/** The contestant that has a goal, in how many times its floor it took. */
function ofFloor(result, id) {
  const row = result?.rows.find(({ goal }) => goal !== undefined);
  if (row === undefined) return undefined;
  const { median, low, high } = row.wallRatio;
  const [place, workload] = id.split("/");
  const aim = AIMS[place]?.[COMMON.indexOf(workload)];
  return {
    what: id.startsWith("startup") ? `${row.name}, ${result.name}` : result.name,
    figure: `${times(median)} (${plain(low)}–${plain(high)}) its floor`,
    goal: `≤ ${row.goal}${aim === undefined ? "" : `, aim ${aim}`}`,
    isMet: median <= row.goal,
  };
}

/** Against the fastest of those whose work is on disk before they go on; DBOS with the same database. */
function fasterThan(result, workload) {
  if (result === undefined) return [];
  const title = result.name.replace("other engines, durable: ", "");
  const against = (ours, peers, least) => {
    const found = peers.filter((peer) => result.rows.some(({ name }) => name === peer));
    const nearest = found
      .map((peer) => ({
        peer,
        by: medianOf(result.samples.map((of) => of[peer].wall / of[`Stagecraft, ${ours}`].wall)),
      }))
      .sort((a, b) => a.by - b.by)[0];
    if (nearest === undefined || !result.rows.some(({ name }) => name === `Stagecraft, ${ours}`)) return [];
    const who = peers.length === 1 ? peers[0] : `every peer that syncs, of which ${nearest.peer} is the nearest`;
    return [
      {
        what: `${ours}: ${title}, against ${who}`,
        figure: `${times(nearest.by)} faster`,
        goal: `≥ ${least}`,
        isMet: nearest.by >= least,
      },
    ];
  };
  return [
    ...Object.entries(FASTER[workload]).flatMap(([ours, least]) => against(ours, SYNCED, least)),
    ...against("PostgreSQL", ["DBOS, PostgreSQL"], 3),
  ];
}

/** What is not a time. */
function counted(results) {
  const syncs = results.get("syncs/pure:1000")?.counts.find(({ name }) => name === "Stagecraft, SQLite")?.syncs;
  const ofOurs = (id, field) => results.get(id)?.rows.find(({ name }) => name === "Stagecraft")?.[field]?.median;
  const most = (what, value, limit, unit, digits = 0) =>
    value && { what, figure: `${value.toFixed(digits)} ${unit}`, goal: `≤ ${limit}`, isMet: value <= limit };
  return [
    most(`SQLite: ${TITLES["pure:1000"]}, syncs in all`, syncs, 20, "syncs", 1),
    ...["memory", "sqlite3"].flatMap((place) =>
      [
        ["fan:10000", 250],
        ["list:10000", 250],
        ["list:100000", 1_000],
        ["fan:100000", 1_000],
      ].map(([workload, limit]) =>
        most(
          `${place === "memory" ? "in memory" : "SQLite"}: ${TITLES[workload]}, most memory`,
          inMegabytes(ofOurs(`${place}/${workload}`, "rss")),
          limit,
          "MB",
        ),
      ),
    ),
    most(
      "journal beside what stages gave, chain of 1,000",
      ofOurs("sqlite3/chain:1000", "bytes"),
      400,
      "bytes a stage",
    ),
  ];
}

/** Of MiB. */
const inMegabytes = (mebibytes) => mebibytes && (mebibytes * 2 ** 20) / 1e6;
const medianOf = (values) => spread(values).median;

export const plain = (number) => (number >= 9.95 ? number.toFixed(0) : number.toFixed(2));
export const times = (number) => `${plain(number)} ×`;
