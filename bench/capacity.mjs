// npm run capacity -- [--runs 10] [--rounds 3] [--waiting 500] [--at-once 16]
// [--places sqlite,postgres,restate] [--haproxy FILE] [--json FILE] [--markdown FILE] [--profiles FOLDER]
// What one and two real workers do, and what it costs, by where runs are kept and who has them driven.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { openPlace } from "./capacity/places.mjs";
import { connectionsOf, cpuOf, rssOf, start, stopAll } from "./capacity/processes.mjs";
import { report } from "./capacity/report.mjs";
import { surroundings } from "./table.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    waiting: { type: "string", default: "500" },
    places: { type: "string", default: "sqlite,postgres,restate" },
    "at-once": { type: "string", default: "16" },
    haproxy: { type: "string", default: "haproxy" },
    json: { type: "string" },
    markdown: { type: "string" },
    profiles: { type: "string" },
  },
});

const ROOT = new URL("..", import.meta.url).pathname;
/** Lanes side by side, and stages behind each other in each: of a run. */
const [LANES, LENGTH] = [10, 10];
/** How long each effect waits, and how many one worker has under way: so much is the most it can do. */
const [WAIT_MS, AT_ONCE] = [20, Number(values["at-once"])];
/** Flags with which a worker writes where its CPU time went. */
const PROFILING =
  values.profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${path.resolve(values.profiles)}`];
const PLUGIN = `import { definePlugin } from "stagecraft/plugin";
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
export default definePlugin({
  name: "bench/effect", version: "1.0.0", apiVersion: 1,
  stages: [{
    kind: "effect", name: "bench/effect", title: "Effect", description: "Waits.", examples: ["uses: bench/effect\\nwith: { ms: 1 }\\n"],
    input: { type: "object", properties: { ms: { type: "number" } } }, output: { type: "object" },
    async run({ ms }) { await wait(ms); return { outputs: { text: "x".repeat(80) } }; },
  }],
});
`;

function definitions() {
  const stages = Array.from({ length: LANES * LENGTH }, (_, at) => {
    const [lane, place] = [at % LANES, Math.floor(at / LANES)];
    const needs = place === 0 ? "" : `needs: [l${lane}x${place - 1}], `;
    return `  l${lane}x${place}: { ${needs}uses: bench/effect, with: { ms: ${WAIT_MS} } }`;
  });
  const head = (id) => `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\nstages:\n`;
  return {
    "definitions/work.workflow.yaml": `${head("work")}${stages.join("\n")}\n`,
    "definitions/rest.workflow.yaml": `${head("rest")}  until: { uses: wait, with: { event: { name: never }, duration: 30d } }\n`,
  };
}

/** One place with so many workers, from nothing. */
async function measure(place, workers) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-capacity-"));
  try {
    const at = await openPlace(place, { folder, workers, haproxy: values.haproxy });
    const files = { ...definitions(), "plugins/effect/index.mjs": PLUGIN };
    const settings = { plugins: ["./plugins/effect"], concurrency: AT_ONCE, ...at.settings };
    for (const [name, text] of Object.entries({ ...files, "stagecraft.config.yaml": JSON.stringify(settings) })) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    const pids = [];
    for (const [number, flags] of at.listens.entries()) {
      const options = { cwd: folder, env: { STAGECRAFT_DB: at.db }, log: path.join(folder, `worker${number}.log`) };
      const args = [...PROFILING, path.join(ROOT, "bin/run.js"), "worker", ...flags];
      pids.push((await start(process.execPath, args, { ...options, until: "driving the runs" })).pid);
    }
    const { loadConfig, openApp } = await import("../dist/src/index.js");
    const app = openApp({ config: await loadConfig({ cwd: folder, db: at.db }) });
    try {
      const bench = { app, store: await app.store(), place: at, pids };
      await work(bench, 1);
      const worked = await work(bench, Number(values.runs));
      return { ...worked, ...(workers === 1 && Number(values.waiting) > 0 && { waiting: await rest(bench) }) };
    } finally {
      await app.close();
    }
  } finally {
    await stopAll();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function begin({ app }, id, count) {
  const [definition, by] = [await app.read(id), app.actor()];
  const ids = [];
  for (let at = 0; at < count; at++) ids.push((await app.start(definition, { inputs: {}, by })).id);
  return ids;
}

/** Runs that have all to be done, from the first start of a stage to the last end, by their journals. */
async function work(bench, count) {
  const { store, place, pids } = bench;
  const before = { cpu: cpuNow(bench), bytes: await place.bytes() };
  const ids = await begin(bench, "work", count);
  let connections = 0;
  const isOver = async () => (await store.listRuns({ limit: count })).every(({ endedAt }) => endedAt !== null);
  while (!(await isOver())) {
    connections = Math.max(connections, ...pids.map(connectionsOf));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const cpu = differences(cpuNow(bench), before.cpu);
  const bytes = differences(await place.bytes(), before.bytes);
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const id of ids) {
    const events = (await store.readEvents(id)).map(({ event }) => event);
    first = Math.min(first, events.find(({ type }) => type === "stageStarted").at);
    last = Math.max(last, events.at(-1).at);
  }
  const stages = count * LANES * LENGTH;
  const perStage = (all) => Object.fromEntries(Object.entries(all).map(([who, value]) => [who, value / stages]));
  const seconds = (last - first) / 1_000;
  return { ...{ seconds, stages, runs: count, connections }, cpu: perStage(cpu), bytes: perStage(bytes) };
}

/** Runs that wait for an event, nothing else being done: what one of them costs. */
async function rest(bench) {
  const { store, place } = bench;
  const count = Number(values.waiting);
  const before = { memory: memoryNow(bench), bytes: await place.bytes() };
  await begin(bench, "rest", count);
  const isResting = ({ status, owner }) => status === "waiting" && owner === null;
  while (!(await store.listRuns({ limit: count })).every(isResting)) await new Promise((done) => setTimeout(done, 500));
  const perRun = (all) => Object.fromEntries(Object.entries(all).map(([who, value]) => [who, value / count]));
  const kib = (all) => Object.fromEntries(Object.entries(all).map(([who, mib]) => [who, mib * 1_024]));
  const memory = perRun(kib(differences(memoryNow(bench), before.memory)));
  return { count, memory, bytes: perRun(differences(await place.bytes(), before.bytes)) };
}

function cpuNow({ place, pids }) {
  const servers = Object.entries(place.servers()).map(([who, { cpu }]) => [who, cpu]);
  return { workers: pids.reduce((sum, pid) => sum + cpuOf(pid), 0), ...Object.fromEntries(servers) };
}

function memoryNow({ place, pids }) {
  const servers = Object.entries(place.servers())
    .filter(([, { rss }]) => rss > 0)
    .map(([who, { rss }]) => [who, rss]);
  return { workers: pids.reduce((sum, pid) => sum + rssOf(pid), 0), ...Object.fromEntries(servers) };
}

function differences(after, before) {
  return Object.fromEntries(Object.entries(after).map(([who, value]) => [who, value - before[who]]));
}

const results = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const place of values.places.split(",")) {
    for (const workers of [1, 2]) {
      const result = { place, workers, round, load: os.loadavg()[0], ...(await measure(place, workers)) };
      console.error(`round ${round}: ${place}, ${workers}: ${(result.stages / result.seconds).toFixed(0)} stages/s`);
      results.push(result);
    }
  }
}
const all = {
  surroundings: surroundings(),
  date: new Date().toISOString().slice(0, 10),
  limits: { WAIT_MS, AT_ONCE },
  results,
};
const text = report(all);
console.log(text);
if (values.markdown) fs.writeFileSync(values.markdown, `${text}\n`);
if (values.json) fs.writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
