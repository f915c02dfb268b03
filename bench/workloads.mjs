import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ id: string, needs: readonly string[] }} Task
 * @typedef {object} Workload
 * @property {readonly Task[]} tasks Of one run, each after what it needs.
 * @property {number} [runs] At the same time; 1.
 * @property {boolean} [isPure] Functions of their input instead of effects.
 * @property {boolean} [isList] All but the first and the last are written as one stage for each item of a list.
 */

/**
 * Milliseconds between what comes before the clock and the clock, in every contestant: V8 compiles beside, and what it still
 * compiles of the reading of a definition is no part of running it.
 */
export const SETTLE_MS = 700;

/** How many stages are under way at once, in every contestant. */
export const AT_ONCE = 50;

/** @type {Readonly<Record<string, (n: number) => Workload>>} */
const SHAPES = {
  chain: (n) => ({ tasks: chain(n) }),
  pure: (n) => ({ tasks: chain(n), isPure: true }),
  fan: (n) => ({ tasks: fan(n) }),
  list: (n) => ({ tasks: fan(n), isList: true }),
  layers: (n) => ({ tasks: layers(n) }),
  runs: (n) => ({ tasks: chain(10), runs: Math.ceil(n / 10) }),
};

/** What people call them. */
export const TITLES = {
  "chain:1000": "chain of 1,000",
  "fan:1000": "1 → 1,000 → 1",
  "layers:1000": "25 layers of 40",
  "runs:1000": "100 runs of 10",
  "pure:1000": "chain of 1,000 pure stages",
  "fan:10000": "1 → 10,000 → 1, each of them written",
  "list:10000": "1 → a list of 10,000 → 1",
  "chain:100000": "chain of 100,000",
  "list:100000": "1 → a list of 100,000 → 1",
  "fan:100000": "1 → 100,000 → 1, each of them written",
};

/** Those that everybody is measured with. */
export const COMMON = ["chain:1000", "fan:1000", "layers:1000", "runs:1000"];

/** `chain:1000`, or `wf:NAME`, the graph of a recorded workflow. @returns {Workload} */
export function workload(name) {
  const [shape, size] = name.split(":");
  return shape === "wf" ? { tasks: recorded(size) } : SHAPES[shape](Number(size));
}

/** The same shape, small: what runs before the clock does. */
export function warmUp(name) {
  const [shape] = name.split(":");
  return workload(shape === "wf" ? "layers:100" : `${shape}:100`);
}

function chain(n) {
  return Array.from({ length: n }, (_, at) => ({ id: `s${at}`, needs: at === 0 ? [] : [`s${at - 1}`] }));
}

function fan(n) {
  const middle = Array.from({ length: n }, (_, at) => ({ id: `s${at}`, needs: ["first"] }));
  return [{ id: "first", needs: [] }, ...middle, { id: "last", needs: middle.map(({ id }) => id) }];
}

/** Layers of 40: the first need is in the layer before, up to four more anywhere above. The same every time. */
function layers(n) {
  const random = mulberry32(42);
  const width = Math.min(40, n / 5);
  const tasks = [];
  for (let at = 0; at < n; at++) {
    const above = Math.floor(at / width) * width;
    const needs = new Set();
    if (above > 0) needs.add(`s${above - width + Math.floor(random() * width)}`);
    for (let more = Math.floor(random() * 5); above > 0 && more > 0; more--)
      needs.add(`s${Math.floor(random() * above)}`);
    tasks.push({ id: `s${at}`, needs: [...needs] });
  }
  return tasks;
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const recordings = path.resolve(
  fileURLToPath(new URL("../", import.meta.url)),
  process.env["STAGECRAFT_YARDSTICKS"] ?? "../shared/yardsticks",
  "wfinstances",
);

/** Names of recorded workflows at hand; none where the yardsticks are absent. */
export function recordedNames() {
  if (!fs.existsSync(recordings)) return [];
  return fs.readdirSync(recordings).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : []));
}

/** Tasks of a recording, put in an order in which each comes after what it needs, under names that a file may use. */
function recorded(name) {
  const { tasks } = JSON.parse(fs.readFileSync(path.join(recordings, `${name}.json`), "utf8"));
  const ids = new Map(tasks.map(({ id }, at) => [id, `s${at}`]));
  const open = new Map(tasks.map(({ id, parents }) => [id, parents.length]));
  const children = new Map(tasks.map(({ id }) => [id, []]));
  for (const task of tasks) for (const parent of task.parents) children.get(parent).push(task);
  const ready = tasks.filter(({ parents }) => parents.length === 0);
  const sorted = [];
  for (const task of ready) {
    sorted.push({ id: ids.get(task.id), needs: task.parents.map((parent) => ids.get(parent)) });
    for (const child of children.get(task.id)) {
      open.set(child.id, open.get(child.id) - 1);
      if (open.get(child.id) === 0) ready.push(child);
    }
  }
  return sorted;
}

/** A workload as a definition in YAML. */
export function definitionOf(id, { tasks, isPure = false, isList = false }) {
  const head = ["apiVersion: stagecraft/v1", `id: ${id}`, "version: 1.0.0", `maxParallel: ${AT_ONCE}`];
  const uses = isPure ? "bench/think" : "bench/work";
  const stages = tasks.map((task) => {
    const needs = task.needs.length === 0 ? "" : `, needs: [${task.needs.join(", ")}]`;
    return `  ${task.id}: { uses: ${uses}, with: { id: ${task.id} }${needs} }`;
  });
  const lines = isList ? [...INPUT, "stages:", stages[0], ...EACH] : ["stages:", ...stages];
  return `${[...head, ...lines].join("\n")}\n`;
}

const INPUT = ["inputs:", "  items: { type: array, items: { type: string } }"];
const EACH = [
  "  each:",
  "    needs: [first]",
  `    forEach: { items: "\${{ inputs.items }}", as: item, concurrency: ${AT_ONCE} }`,
  "    uses: bench/work",
  '    with: { id: "${{ item }}" }',
  "  last: { uses: bench/work, with: { id: last }, needs: [each] }",
];

/** What a run of it is given. */
export function inputsOf({ tasks, isList = false }) {
  return isList ? { items: tasks.slice(1, -1).map(({ id }) => id) } : {};
}
