import type { Host, Listener } from "../engine/ports.js";
import { startWorker, type Worker, type WorkOptions } from "../engine/worker.js";
import { sendAlerts } from "./alerts.js";
import type { Backend } from "./backend.js";
import { both } from "./rooms.js";
import type { Scheduler } from "./schedules/index.js";

/** How often schedules and alerts are looked at: milliseconds. */
const LOOK_MS = 1_000;

/** Drives the project's runs and fires its triggers and sends its alerts until the signal. */
export async function work(
  backend: Backend,
  host: Host,
  scheduler: Scheduler,
  heard: Listener,
  options: WorkOptions,
): Promise<Worker> {
  const listener = both(options.listener, heard);
  const joined = await backend.join({ listener, signal: options.signal });
  const { nudge, done } = startWorker(joined.drives, host, { ...options, listener });
  const firing = lookUntil(host, options.signal, "the triggers", async () => {
    if ((await scheduler.tick(host.clock.now())).length > 0) nudge();
  });
  const telling = lookUntil(host, options.signal, "the alerts", () => sendAlerts(host));
  const nudgeAll = () => {
    nudge();
    firing.look();
  };
  return { nudge: nudgeAll, done: Promise.all([done, joined.done, firing.done, telling.done]).then(() => {}) };
}

interface Looking {
  /** Now, unless a look is under way. */
  look(): void;
  readonly done: Promise<void>;
}

/** One look at a time. What goes wrong is logged, and looked at again. */
function lookUntil({ clock, log }: Host, signal: AbortSignal, what: string, lookOnce: () => Promise<unknown>): Looking {
  let looking: Promise<void> | undefined;
  const tryOnce = async () => {
    try {
      await lookOnce();
    } catch (error) {
      log.error(`cannot look at ${what}: ${(error as Error).message}`);
    } finally {
      looking = undefined;
    }
  };
  const look = () => {
    if (!signal.aborted) looking ??= tryOnce();
  };
  const lookOn = async () => {
    if (signal.aborted) return;
    const stop = clock.every(LOOK_MS, look);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    stop();
    await looking;
  };
  return { look, done: lookOn() };
}
