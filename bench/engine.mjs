import { benchOf, child, PLACES, stages } from "./contestants.mjs";
import { recordedNames, TITLES } from "./workloads.mjs";

export const OURS = "Stagecraft";
export const MEMORY_FLOOR = "in-degrees and p-limit";

/** How much slower than its floor each workload may be. */
const OF_10000 = { "fan:10000": 2.5, "list:10000": 2.5 };
const IN_MEMORY = { "chain:1000": 3, "fan:1000": 3, "layers:1000": 3, "runs:1000": 3, ...OF_10000 };
const DURABLE = { "chain:1000": 1.5, "fan:1000": 3, "layers:1000": 3, "runs:1000": 4, "fan:10000": 3, "list:10000": 3 };

/** Whose floor a durable workload has: where nothing is under way at once, nothing can be written together. */
export const floorOf = (workload) => (workload.startsWith("chain") ? "single" : "grouped");

const ABOUT = {
  memory: "The floor counts in-degrees and starts stages through p-limit; it keeps nothing.",
  single: "The floor is one synced transaction a stage through the same driver, before the next may start.",
  grouped:
    "The floor writes what ended meanwhile as one synced transaction, through the same driver, before what needs it may start.",
};

/** Running graphs whose stages do next to nothing, and prove that each ran once and in order. */
export function make() {
  return [...inMemory(), ...durable(), pure(), resumed()];
}

function inMemory() {
  const recorded = recordedNames().map((name) => [`wf:${name}`, 2.5]);
  return [...Object.entries(IN_MEMORY), ...recorded].map(([workload, goal]) => {
    const title = TITLES[workload] ?? `the recorded graph ${workload.slice("wf:".length)}`;
    return benchOf({ id: `memory/${workload}`, name: `in memory: ${title}` }, async () => ({
      about: ABOUT.memory,
      floor: await stages(MEMORY_FLOOR, "floor:memory", workload),
      ours: [stages(OURS, "ours:memory", workload)],
      goals: { [OURS]: goal },
      takes: 3,
    }));
  });
}

function durable() {
  return Object.entries(PLACES).flatMap(([driver, { title, ours }]) =>
    Object.entries(DURABLE).map(([workload, goal]) =>
      benchOf({ id: `${driver}/${workload}`, name: `${title}: ${TITLES[workload]}` }, async () => ({
        about: ABOUT[floorOf(workload)],
        floor: await stages(`floor, ${floorOf(workload)}`, `floor:${floorOf(workload)}:${driver}`, workload),
        ours: [stages(OURS, ours, workload)],
        goals: { [OURS]: driver === "postgres" ? Math.min(goal, 3) : goal },
      })),
    ),
  );
}

function pure() {
  return benchOf({ id: "sqlite3/pure:1000", name: `SQLite: ${TITLES["pure:1000"]}` }, async () => ({
    about: "Functions of their input run ahead of the disk. The floor is the same run in memory.",
    floor: await stages("in memory", "ours:memory", "pure:1000"),
    ours: [stages("on SQLite", PLACES.sqlite3.ours, "pure:1000")],
    goals: { "on SQLite": 6 },
  }));
}

function resumed() {
  const rest = "the rest of 1,000";
  return benchOf({ id: "sqlite3/resumed", name: "taken up after SIGKILL" }, async () => ({
    about:
      "A chain of 1,000 whose process is killed at stage 500; from the start of the next process to its first new stage. The floor is a fresh run of three stages. A stage that had ended and ran again fails the bench.",
    floor: child("a fresh run", ["children/resume.mjs", "fresh"]),
    ours: [child(rest, ["children/resume.mjs", "rest"])],
    goals: { [rest]: 1.5 },
  }));
}
