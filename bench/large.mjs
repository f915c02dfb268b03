import { benchOf, PLACES, stages } from "./contestants.mjs";
import { MEMORY_FLOOR, OURS } from "./engine.mjs";

const SHAPES = { chain: "chain of 100,000", fan: "1 → 100,000 → 1" };
/** Per thousand stages, so that sizes can be compared. */
const each = (contestant, thousands) => ({
  ...contestant,
  async measure() {
    const { wall, cpu, rss } = await contestant.measure();
    return { wall: wall / thousands, cpu: cpu / thousands, rss };
  },
});

/** A hundred thousand stages: against the floor, against what a thousand cost, and how much memory they take. */
export function make() {
  return [...Object.keys(SHAPES).flatMap((shape) => [inMemory(shape), growth(shape)]), onDisk()];
}

function inMemory(shape) {
  return benchOf({ id: `memory/${shape}:100000`, name: `in memory: ${SHAPES[shape]}` }, async () => ({
    about: "The floor counts in-degrees and starts stages through p-limit; it keeps nothing.",
    floor: await stages(MEMORY_FLOOR, "floor:memory", `${shape}:100000`),
    ours: [stages(OURS, "ours:memory", `${shape}:100000`)],
    goals: { [OURS]: 2.5 },
    rounds: 3,
  }));
}

function growth(shape) {
  return benchOf({ id: `growth/${shape}`, name: `what a stage of 100,000 costs: ${shape}` }, async () => ({
    about: "For a thousand stages in memory, of a run of 1,000 and of one of 100,000.",
    floor: await stages("of 1,000", "ours:memory", `${shape}:1000`),
    ours: [each(await stages("of 100,000", "ours:memory", `${shape}:100000`), 100)],
    goals: { "of 100,000": 1.5 },
    rounds: 3,
  }));
}

function onDisk() {
  return benchOf({ id: "sqlite3/fan:100000", name: `SQLite: ${SHAPES.fan}` }, async () => ({
    about: "The floor writes what ended meanwhile as one synced transaction before what needs it may start.",
    floor: await stages("floor, grouped", "floor:grouped:sqlite3", "fan:100000"),
    ours: [stages(OURS, PLACES.sqlite3.ours, "fan:100000")],
    goals: { [OURS]: 3 },
    rounds: 3,
  }));
}
