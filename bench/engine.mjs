import { benchOf, child, PLACES, stages } from "./contestants.mjs";
import { recordedNames } from "./workloads.mjs";

export const OURS = "Stagecraft";
export const MEMORY_FLOOR = "in-degrees and p-limit";

/** What each workload is called, and how much slower than its floor it may be. */
export const IN_MEMORY = [
  ["chain:1000", "chain of 1,000", 3],
  ["fan:1000", "1 → 1,000 → 1", 3],
  ["layers:1000", "25 layers of 40", 3],
  ["runs:1000", "100 runs of 10", 3],
  ["fan:10000", "1 → 10,000 → 1", 2.5],
];
export const DURABLE = [
  ["chain:1000", "chain of 1,000", "single", 1.5],
  ["fan:1000", "1 → 1,000 → 1", "grouped", 3],
  ["layers:1000", "25 layers of 40", "grouped", 3],
  ["runs:1000", "100 runs of 10", "grouped", 4],
  ["fan:10000", "1 → 10,000 → 1", "grouped", 3],
];
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
  const recorded = recordedNames().map((name) => [`wf:${name}`, `the recorded graph ${name}`, 2.5]);
  return [...IN_MEMORY, ...recorded].map(([workload, title, goal]) =>
    benchOf({ id: `memory/${workload}`, name: `in memory: ${title}` }, async () => ({
      about: ABOUT.memory,
      floor: await stages(MEMORY_FLOOR, "floor:memory", workload),
      ours: [stages(OURS, "ours:memory", workload)],
      goals: { [OURS]: goal },
      takes: 3,
    })),
  );
}

function durable() {
  return Object.entries(PLACES).flatMap(([driver, { title, ours }]) =>
    DURABLE.map(([workload, what, floor, goal]) =>
      benchOf({ id: `${driver}/${workload}`, name: `${title}: ${what}` }, async () => ({
        about: ABOUT[floor],
        floor: await stages(`floor, ${floor}`, `floor:${floor}:${driver}`, workload),
        ours: [stages(OURS, ours, workload)],
        goals: { [OURS]: driver === "postgres" ? Math.min(goal, 3) : goal },
      })),
    ),
  );
}

function pure() {
  return benchOf({ id: "sqlite3/pure:1000", name: "pure stages: chain of 1,000" }, async () => ({
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
