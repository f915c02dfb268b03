import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { tracker } from "../children/tracker.mjs";
import { SETTLE_MS, warmUp, workload } from "../workloads.mjs";

/**
 * Runs a small workload and then the one that is timed, proves that every stage ran once, and prints a Sample.
 * @param {(load: object, stage: (run: string, id: string) => object, prefix: string) => Promise<void>} run
 */
export async function measured(name, run) {
  const tracked = tracker();
  const once = async (load, prefix) => {
    tracked.expect(load.tasks);
    await run(load, tracked.stage, prefix);
    tracked.check(load.runs ?? 1);
  };
  await once(warmUp(name), "warm");
  const load = workload(name);
  await setTimeout(SETTLE_MS);
  const used = process.cpuUsage();
  const before = performance.now();
  await once(load, "timed");
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(used);
  const rss = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ wall, cpu: (user + system) / 1_000, rss }));
  process.exit(0);
}
