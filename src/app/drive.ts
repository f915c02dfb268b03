import { setTimeout } from "node:timers/promises";
import type { Host, Listener, RunRow, Store } from "../engine/ports.js";
import type { Drives } from "../engine/worker.js";
import { sendAlerts } from "./alerts.js";
import { wallClock } from "./host.js";
import { findRun, followRun, isEnded } from "./runs.js";

/** How often a run that waits for its turn asks again: milliseconds. */
const QUEUE_MS = 200;

export interface DriveOptions {
  /** Milliseconds: a timer due within them is waited for. */
  readonly patience: number;
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
  /** What the listener knows already: up to this event. Else it hears what comes from now on. */
  readonly after?: number;
  /** Hears what running effects say about themselves. */
  readonly progress?: (stage: string, message: string) => void;
}

/** Drives a run, or follows it while another process does, until it ends, pauses, or rests for longer than the patience. */
export async function driveRun(drives: Drives, host: Host, run: string, options: DriveOptions): Promise<RunRow> {
  const row = await driveToRest(drives, host.store, run, options);
  // Where nothing but this ever works for the project, alerts go out with it.
  await sendAlerts(host);
  return row;
}

async function driveToRest(drives: Drives, store: Store, run: string, options: DriveOptions): Promise<RunRow> {
  const until = wallClock.now() + options.patience;
  let { after } = options;
  const listener: Listener = (of, recorded) => {
    if (of === run) after = recorded.at(-1)?.seq ?? after;
    options.listener?.(of, recorded);
  };
  const onwards = () => ({
    ...options,
    ...(options.listener !== undefined && { listener }),
    ...(after !== undefined && { after }),
  });
  for (;;) {
    const end = await drives.drive(run, onwards());
    if (end === "queued" && wallClock.now() < until && !options.signal?.aborted) {
      await setTimeout(QUEUE_MS);
      continue;
    }
    if (end !== "busy" && end !== "lost") return findRun(store, run);
    const row = await followRun(store, run, onwards());
    if (isEnded(row) || row.owner !== null || options.signal?.aborted) return row;
  }
}
