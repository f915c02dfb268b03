import { benchOf, child, hasPeers, nodeFrom, PLACES, stages } from "./contestants.mjs";
import { floorOf, MEMORY_FLOOR, OURS } from "./engine.mjs";
import { shared } from "./servers.mjs";
import { COMMON, TITLES } from "./workloads.mjs";

/**
 * Who runs the workloads, and how: which server it needs, since which Node it runs, whether what it keeps is on disk before
 * it goes on, which shape it `cannot` express, and what it is given `as` another.
 */
const IN_MEMORY = [
  { name: "LangGraph.js", args: ["langgraph", "memory"] },
  { name: "Mastra", args: ["mastra", "memory"], node: 22 },
  { name: "Effect", args: ["effect", "memory"] },
];
export const DURABLE = [
  { name: "LangGraph.js, SQLite", args: ["langgraph", "sqlite"], syncs: true },
  {
    name: "OpenWorkflow, SQLite",
    args: ["openworkflow", "sqlite"],
    syncs: true,
    node: 22,
    as: { "fan:1000": "fan:998" },
  },
  {
    ...{ name: "OpenWorkflow, PostgreSQL", args: ["openworkflow", "postgres"], syncs: true, node: 22 },
    ...{ server: "PostgreSQL", as: { "fan:1000": "fan:998" } },
  },
  { name: "DBOS, PostgreSQL", args: ["dbos", "postgres"], syncs: true, server: "PostgreSQL" },
  { name: "Restate", args: ["restate", "restate"], syncs: true, server: "Restate", node: 22 },
  {
    ...{ name: "BullMQ, Redis", args: ["bullmq", "redis"], syncs: true, server: "Redis" },
    cannot: "layers",
  },
  { name: "Mastra, LibSQL", args: ["mastra", "sqlite"], node: 22 },
  { name: "Effect, SQLite", args: ["effect", "sqlite"] },
];

/** Of the durable ones, those whose work is on disk before they go on. */
export const SYNCED = DURABLE.filter(({ syncs }) => syncs).map(({ name }) => name);

/** The same graphs with other engines in each round, where `bench/peers` is installed. */
export function make() {
  if (hasPeers()) return [...COMMON.map(inMemory), ...COMMON.map(durable)];
  console.error("no peers: npm install --prefix bench/peers");
  return [];
}

function inMemory(workload) {
  const named = { id: `peers-memory/${workload}`, name: `other engines, in memory: ${TITLES[workload]}` };
  return benchOf(named, async () => ({
    about: "The floor counts in-degrees and starts stages through p-limit; it keeps nothing.",
    floor: await stages(MEMORY_FLOOR, "floor:memory", workload),
    ours: [stages(OURS, "ours:memory", workload), ...(await peersOf(IN_MEMORY, workload))],
    rounds: 5,
  }));
}

function durable(workload) {
  const floor = floorOf(workload);
  const places = Object.values(PLACES).map(({ title, ours }) => [`${OURS}, ${title}`, ours]);
  const named = { id: `peers/${workload}`, name: `other engines, durable: ${TITLES[workload]}` };
  return benchOf(named, async () => ({
    about: `The floor is SQLite's: a synced transaction ${floor === "single" ? "a stage" : "for all that ended meanwhile"}.`,
    floor: await stages(`floor, ${floor}`, `floor:${floor}:sqlite3`, workload),
    ours: [...places.map(([name, who]) => stages(name, who, workload)), ...(await peersOf(DURABLE, workload))],
    rounds: 5,
  }));
}

/** Those who can express it and can be started here. */
export async function peersOf(peers, workload) {
  const found = [];
  for (const { name, args, server, node = 20, cannot, as = {} } of peers) {
    if (cannot !== undefined && workload.startsWith(cannot)) continue;
    const program = nodeFrom(node);
    const at = server === undefined ? {} : await shared(server);
    if (program === undefined) console.error(`${name} needs Node ${node}`);
    if (program === undefined || at === undefined) continue;
    const [file, how] = args;
    const command = [`peers/${file}.mjs`, how, as[workload] ?? workload];
    found.push({ ...child(name, command, { ...at, program }), isPeer: true });
  }
  return found;
}
