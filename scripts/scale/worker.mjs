/** One measurement, asked for as JSON in the first argument, answered as JSON on stdout. Built by `scale.mjs`. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { wallClock } from "../../src/app/host.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Registry } from "../../src/plugin/registry.ts";
import { openStore, processOwner } from "../../src/store/index.ts";
import { planText } from "../../src/store/plan-text.ts";
import { planOf } from "./plans.mjs";

const { task, shape, size, driver, file } = JSON.parse(process.argv[2]);
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const store = await openStore(file, { driver });
let performed = 0;
let onPerformed = () => {};
let runs = 0;
const object = { type: "object" };
const work = {
  name: "work",
  kind: "effect",
  title: "Work",
  description: "An effect that is done at once.",
  input: object,
  output: object,
  async run() {
    performed += 1;
    onPerformed();
    return { outputs: { amount: performed, ok: true } };
  },
};
const { run: _, ...named } = work;
const open = () => ({ event: { name: "paid", outcome: "approved" } });
const gate = { ...named, name: "gate", kind: "wait", outcomes: ["approved"], open };
const engine = new Engine({
  store,
  clock: wallClock,
  registry: new Registry([{ name: "scale", version: "1.0.0", apiVersion: 1, stages: [work, gate] }]),
  secrets: { get: async () => undefined },
  owner: processOwner(),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  concurrency: 64,
  validate: () => undefined,
  newId: () => `run-${++runs}`,
  sha256,
  file: (name) => name,
  env: () => undefined,
});

const tasks = { whole: shape === "waiting" ? waiting : whole, part, resume };
const answer = await tasks[task]();
await store.close();
console.log(JSON.stringify(answer));
process.exit();

async function begin() {
  const plan = planOf(shape, size);
  const text = JSON.stringify(plan);
  const stored = { hash: sha256(text), id: plan.workflow.id, version: "1.0.0", source: "", plan, at: 0 };
  const { run } = await engine.start(stored, { inputs: {}, by: "scale" });
  return { run: run.id, planBytes: planText(plan).length };
}

async function whole() {
  const { run, planBytes } = await begin();
  const began = performance.now();
  const worked = process.cpuUsage();
  const end = await engine.drive(run, { patience: 0 });
  const ms = performance.now() - began;
  const cpu = process.cpuUsage(worked);
  const row = await store.getRun(run);
  if (end !== "ended" || row.status !== "succeeded") throw new Error(`${end} ${row.status}`);
  await store.close();
  return {
    "µs/stage": Math.round((ms * 1000) / size),
    "CPU µs/stage": Math.round((cpu.user + cpu.system) / size),
    "peak MB": peakMb(),
    "bytes/stage": Math.round((statSync(file).size - planBytes) / size),
  };
}

/** Stops once nine tenths are done, as a process does that is told to end. */
async function part() {
  const { run } = await begin();
  const stop = new AbortController();
  onPerformed = () => {
    if (performed === Math.floor(size * 0.9)) stop.abort();
  };
  const end = await engine.drive(run, { patience: 0, signal: stop.signal });
  if (end !== "stopped") throw new Error(end);
  return {};
}

async function resume() {
  const began = performance.now();
  const before = process.cpuUsage();
  let first;
  let cpu;
  onPerformed = () => {
    first ??= performance.now() - began;
    cpu ??= process.cpuUsage(before);
  };
  await engine.drive("run-1", { patience: 0 });
  const cpuMs = (cpu.user + cpu.system) / 1000;
  return { "ms to next stage": Math.round(first), "CPU ms": Math.round(cpuMs), "resume peak MB": peakMb() };
}

/** Runs that wait for an event: what each takes in the file, and in a process that has begun them all. */
async function waiting() {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  for (let at = 0; at < size; at++) {
    const { run } = await begin();
    const end = await engine.drive(run, { patience: 0 });
    if (end !== "waiting") throw new Error(end);
  }
  const ms = performance.now() - began;
  const rows = await store.listRuns({ status: ["waiting"] });
  if (rows.length !== size) throw new Error(`${rows.length} wait`);
  const heap = process.memoryUsage().heapUsed - before;
  const asked = performance.now();
  const free = await store.claimable(processOwner(), Date.now(), 100);
  if (free.length !== 0) throw new Error("something is claimable");
  return {
    "ms/run": (ms / size).toFixed(2),
    "heap bytes/run": Math.round(heap / size),
    "peak MB": peakMb(),
    "bytes/run": Math.round(statSync(file).size / size),
    "ms to look for work": (performance.now() - asked).toFixed(1),
  };
}

function peakMb() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
