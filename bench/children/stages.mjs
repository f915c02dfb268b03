// Runs one workload once and says as JSON what it cost: node stages.mjs CONTESTANT WORKLOAD MODE FOLDER. Before the clock
// starts, a small workload of the same shape has run; mode `warm`: the workload itself four times, and the median of the next
// eleven is told. Fails unless every stage ran exactly once and after what it needs.
import fs from "node:fs";
import { Session } from "node:inspector/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { AT_ONCE, definitionOf, inputsOf, SETTLE_MS, warmUp, workload } from "../workloads.mjs";
import { freshDatabase } from "./database.mjs";
import { openKeeper, schedule } from "./floors.mjs";
import { journalBytes } from "./journal.mjs";
import { tracker } from "./tracker.mjs";
import { asCommand } from "./v8.mjs";

const [who, name, mode, folder] = process.argv.slice(2);
if (mode === "command") asCommand();
/** In one process that has been at it for a while: the runs before those that count, and those. */
const [BEFORE, COUNTED] = [4, 11];
const tracked = tracker();
const [kind, ...details] = who.split(":");
const contestant = await (kind === "floor" ? floor(...details) : ours(...details));

await contestant.prepare(warmUp(name), "warm");
await contestant.run();
await contestant.prepare(workload(name), "timed");
await setTimeout(SETTLE_MS);
const profiled = await profiling();
const sample = mode === "warm" ? await warm() : await timed();
await profiled();
const rss = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ...sample, rss, ...(await contestant.check?.()) }));
await contestant.close();

async function timed() {
  const used = process.cpuUsage();
  const before = performance.now();
  await contestant.run();
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(used);
  return { wall, cpu: (user + system) / 1_000 };
}

async function warm() {
  for (let run = 0; run < BEFORE; run++) await timed();
  const samples = [];
  for (let run = 0; run < COUNTED; run++) samples.push(await timed());
  const median = (field) => samples.map((one) => one[field]).sort((a, b) => a - b)[(COUNTED - 1) / 2];
  return { wall: median("wall"), cpu: median("cpu") };
}

async function floor(how, driver = "sqlite3") {
  const database = driver === "postgres" && (await freshDatabase());
  const place = database ? database.url : path.join(folder, `floor${process.pid}.sqlite`);
  const keeper = how === "memory" ? undefined : await openKeeper(driver, place);
  let load;
  let times = 0;
  return {
    async prepare(next) {
      load = next;
    },
    async run() {
      tracked.expect(load.tasks);
      times += 1;
      const prefix = `${times}-`;
      const keep = keeper && ((run, id, value) => keeper[how](`${prefix}${run}`, id, value));
      await schedule(load, tracked.stage, keep);
      tracked.check(load.runs ?? 1);
    },
    async close() {
      await keeper?.close();
      if (database) await database.drop();
    },
  };
}

async function ours(how, driver = "sqlite3") {
  const { loadConfig, openApp } = await import("../../dist/src/index.js");
  const project = path.join(folder, `project${process.pid}`);
  fs.mkdirSync(project, { recursive: true });
  const plugin = new URL("./plugin.mjs", import.meta.url).pathname;
  const settings = { plugins: [plugin], concurrency: AT_ONCE, driver };
  fs.writeFileSync(path.join(project, "stagecraft.config.yaml"), JSON.stringify(settings));
  globalThis.stagecraftBench = tracked;
  const database = how === "postgres" && (await freshDatabase());
  const file = path.join(project, "runs.sqlite");
  const db = { memory: "memory:", sqlite: file, postgres: database.url }[how];
  const app = openApp({ config: { ...(await loadConfig({ cwd: project })), db } });
  const store = await app.store();
  let load, definition, ended;
  return {
    async prepare(next, prefix) {
      load = next;
      const written = path.join(project, `${prefix}.workflow.yaml`);
      fs.writeFileSync(written, definitionOf(prefix, load));
      definition = await app.read(written);
    },
    async run() {
      tracked.expect(load.tasks);
      const by = app.actor();
      ended = await Promise.all(
        Array.from({ length: load.runs ?? 1 }, async () => {
          const { id } = await app.start(definition, { inputs: inputsOf(load), by });
          return app.drive(id, { patience: 0 });
        }),
      );
      tracked.check(load.runs ?? 1);
    },
    /** The journal says the same. */
    async check() {
      for (const { id, status } of ended) {
        if (status !== "succeeded") throw new Error(`run ${id} ${status}`);
        const ends = (await store.readEvents(id)).filter(
          ({ event: { type, stage, outcome } }) => type === "stageEnded" && stage !== "each" && outcome === "succeeded",
        );
        if (
          new Set(ends.map(({ event }) => event.stage)).size !== load.tasks.length ||
          ends.length !== load.tasks.length
        )
          throw new Error(`the journal of ${id} has ${ends.length} ends of ${load.tasks.length} stages`);
      }
      return how === "sqlite" && driver === "sqlite3"
        ? { bytes: await journalBytes(file, ended[0].id, load.tasks) }
        : {};
    },
    async close() {
      await app.close();
      if (database) await database.drop();
    },
  };
}

/** Writes a CPU profile of what is timed and nothing else to the file that BENCH_PROFILE names. */
async function profiling() {
  const file = process.env["BENCH_PROFILE"];
  if (file === undefined) return () => {};
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  await session.post("Profiler.start");
  return async () => fs.writeFileSync(file, JSON.stringify((await session.post("Profiler.stop")).profile));
}
