import type { Engine } from "../engine/engine.js";
import type { Host } from "../engine/ports.js";
import { startWorker, type Worker, type WorkOptions } from "../engine/worker.js";
import type { Scheduler } from "./schedules/index.js";

/** How often schedules are looked at: milliseconds. */
const LOOK_MS = 1_000;

/** Drives the project's runs and fires its triggers until the signal. */
export function work(engine: Engine, host: Host, scheduler: Scheduler, options: WorkOptions): Worker {
  const { nudge, done } = startWorker(engine, host, options);
  const firing = fireUntil(host, scheduler, options.signal, nudge);
  return { nudge, done: Promise.all([done, firing]).then(() => {}) };
}

/** One look at a time. What goes wrong is logged, and looked at again. */
async function fireUntil({ clock, log }: Host, scheduler: Scheduler, signal: AbortSignal, started: () => void) {
  let looking: Promise<void> | undefined;
  const look = async () => {
    try {
      const runs = await scheduler.tick(clock.now());
      if (runs.length > 0) started();
    } catch (error) {
      log.error(`cannot look at the schedules: ${(error as Error).message}`);
    } finally {
      looking = undefined;
    }
  };
  if (signal.aborted) return;
  const stop = clock.every(LOOK_MS, () => {
    looking ??= look();
  });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  stop();
  await looking;
}
