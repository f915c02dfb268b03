// Runs one workload once and says as JSON what it cost: node stages.mjs CONTESTANT WORKLOAD FOLDER. Before the clock
// starts, a small workload of the same shape has run. Fails unless every stage ran exactly once and after what it needs.
import fs from "node:fs";
import { Session } from "node:inspector/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { AT_ONCE, definitionOf, SETTLE_MS, warmUp, workload } from "../workloads.mjs";
import { openFile, schedule } from "./floors.mjs";
import { tracker } from "./tracker.mjs";

const [who, name, folder] = process.argv.slice(2);
const tracked = tracker();
const [kind, how, driver = "sqlite3"] = who.split(":");
const contestant = await (kind === "floor" ? floor() : ours());

await contestant.prepare(warmUp(name), "warm");
await contestant.run();
await contestant.prepare(workload(name), "timed");
await setTimeout(SETTLE_MS);
const profiled = await profiling();
const used = process.cpuUsage();
const before = performance.now();
await contestant.run();
const wall = performance.now() - before;
const { user, system } = process.cpuUsage(used);
await profiled();
await contestant.check?.();
const rss = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ wall, cpu: (user + system) / 1_000, rss, ...contestant.counts?.() }));
await contestant.close?.();

async function floor() {
  const file = how === "memory" ? undefined : await openFile(driver, path.join(folder, `floor${process.pid}.sqlite`));
  let load;
  return {
    async prepare(next, prefix) {
      load = next;
      tracked.expect(load.tasks);
      this.prefix = prefix;
    },
    async run() {
      const keep = file?.[how] && ((run, id, value) => file[how](`${this.prefix}${run}`, id, value));
      await schedule(load, tracked.stage, keep);
      tracked.check(load.runs ?? 1);
    },
  };
}

async function ours() {
  const { loadConfig, openApp } = await import("../../dist/src/index.js");
  const project = path.join(folder, `project${process.pid}`);
  fs.mkdirSync(project, { recursive: true });
  const plugin = new URL("./plugin.mjs", import.meta.url).pathname;
  const settings = { plugins: [plugin], concurrency: AT_ONCE, driver };
  fs.writeFileSync(path.join(project, "stagecraft.config.yaml"), JSON.stringify(settings));
  globalThis.stagecraftBench = tracked;
  const db = how === "memory" ? "memory:" : path.join(project, "runs.sqlite");
  const app = openApp({ config: { ...(await loadConfig({ cwd: project })), db } });
  const store = await app.store();
  const counts = { commits: 0, events: 0 };
  let load, definition, ended;
  return {
    async prepare(next, prefix) {
      load = next;
      tracked.expect(load.tasks);
      const file = path.join(project, `${prefix}.workflow.yaml`);
      fs.writeFileSync(file, definitionOf(prefix, load));
      definition = await app.read(file);
    },
    async run() {
      const by = app.actor();
      ended = await Promise.all(
        Array.from({ length: load.runs ?? 1 }, async () => {
          const { id } = await app.start(definition, { inputs: {}, by });
          return app.drive(id, { patience: 0 });
        }),
      );
      tracked.check(load.runs ?? 1);
    },
    /** The journal says the same. */
    async check() {
      for (const { id, status } of ended) {
        if (status !== "succeeded") throw new Error(`run ${id} ${status}`);
        const events = (await store.readEvents(id)).map(({ event }) => event);
        const ends = events.filter(({ type, outcome }) => type === "stageEnded" && outcome === "succeeded");
        if (new Set(ends.map(({ stage }) => stage)).size !== load.tasks.length || ends.length !== load.tasks.length)
          throw new Error(`the journal of ${id} has ${ends.length} ends of ${load.tasks.length} stages`);
        counts.events += events.length;
      }
    },
    counts: () => ({ events: counts.events }),
    close: () => app.close(),
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
