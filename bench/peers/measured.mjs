import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { tracker } from "../children/tracker.mjs";
import { SETTLE_MS, warmUp, workload } from "../workloads.mjs";

/**
 * @callback Prepare Makes what an engine needs to know of a workload, which is not timed.
 * @param {object} load
 * @param {(run: string, id: string) => object} stage what each stage does, once
 * @param {readonly string[]} runs names of the runs that are to go on at the same time
 * @returns {Promise<() => Promise<unknown>> | (() => Promise<unknown>)} what is timed
 */

/**
 * Runs a small workload and then the one that is timed, proves that every stage ran once, and prints a Sample.
 * @param {string} name @param {Prepare} prepare
 */
export async function measured(name, prepare) {
  const tracked = tracker();
  const ready = async (load, prefix) => {
    const names = Array.from({ length: load.runs ?? 1 }, (_, at) => `${prefix}${process.pid}-${at}`);
    const run = await prepare(load, tracked.stage, names);
    return async () => {
      tracked.expect(load.tasks);
      await run();
      tracked.check(names.length);
    };
  };
  await (await ready(warmUp(name), "warm"))();
  const once = await ready(workload(name), "timed");
  await setTimeout(SETTLE_MS);
  const used = process.cpuUsage();
  const before = performance.now();
  await once();
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(used);
  const rss = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ wall, cpu: (user + system) / 1_000, rss })}\n`, () => process.exit(0));
}

/** Ids by how many stages must have ended before: what code that runs level by level would be written as. */
export function levelsOf(tasks) {
  const depths = new Map();
  const levels = [];
  for (const { id, needs } of tasks) {
    const depth = Math.max(0, ...needs.map((before) => depths.get(before) + 1));
    depths.set(id, depth);
    levels[depth] ??= [];
    levels[depth].push(id);
  }
  return levels;
}
