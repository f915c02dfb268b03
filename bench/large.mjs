import { benchOf, PLACES, stages } from "./contestants.mjs";
import { MEMORY_FLOOR, OURS } from "./engine.mjs";
import { TITLES } from "./workloads.mjs";

/** What a thousand stages took, a hundred times: what as many would cost if size cost nothing. */
export const SMALL = "1,000 stages, times 100";

/** A hundred thousand stages: against the floor, against what a thousand cost, and how much memory they take. */
export function make() {
  return [...["chain", "list", "fan"].map(inMemory), onDisk()];
}

function inMemory(shape) {
  return benchOf({ id: `memory/${shape}:100000`, name: `in memory: ${TITLES[`${shape}:100000`]}` }, async () => ({
    about: "The floor counts in-degrees and starts stages through p-limit; it keeps nothing.",
    floor: await stages(MEMORY_FLOOR, "floor:memory", `${shape}:100000`),
    ours: [
      stages(OURS, "ours:memory", `${shape}:100000`),
      hundredfold(await stages(SMALL, "ours:memory", `${shape}:1000`)),
    ],
    goals: { [OURS]: 2.5 },
    rounds: 3,
  }));
}

function hundredfold(contestant) {
  const measure = async () => {
    const { wall, cpu } = await contestant.measure();
    return { wall: wall * 100, cpu: cpu * 100 };
  };
  return { ...contestant, measure };
}

function onDisk() {
  return benchOf({ id: "sqlite3/list:100000", name: `SQLite: ${TITLES["list:100000"]}` }, async () => ({
    about: "The floor writes what ended meanwhile as one synced transaction before what needs it may start.",
    floor: await stages("floor, grouped", "floor:grouped:sqlite3", "list:100000"),
    ours: [stages(OURS, PLACES.sqlite3.ours, "list:100000")],
    goals: { [OURS]: 3 },
    rounds: 3,
  }));
}
