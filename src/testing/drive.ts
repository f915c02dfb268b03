import type { Engine } from "../engine/engine.js";
import type { Listener, Store } from "../engine/ports.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import type { Script } from "./script.js";
import type { Work } from "./work.js";

/** A case's run with all that moves it. */
export interface Driving {
  readonly engine: Engine;
  readonly run: string;
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly work: Work;
  readonly script: Script;
  readonly listener: Listener;
}

/** A run that takes more real time, or more steps of virtual time, than any test should. */
export class TestStuck extends Error {
  readonly code = "case-stuck";
}

/** Real milliseconds a case may take. */
const CASE_MS = 30_000;
/** Steps of virtual time: an endless loop of timers must end. */
const MAX_STEPS = 100_000;
/** How long a drive may take to let go once it was told to stop: virtual milliseconds. */
const LET_GO_MS = 60_000;

/**
 * Drives the run until it is over, paused, or waits for what will never come. Time moves to the next alarm, wake-up or
 * scripted action only when nothing else can happen.
 */
export async function driveToRest(driving: Driving): Promise<void> {
  const { clock, script, store, run } = driving;
  const deadline = performance.now() + CASE_MS;
  for (let step = 0; step < MAX_STEPS; step++) {
    const end = await driveOnce(driving, deadline);
    if (end === "ended" || end === "paused") return giveTheRest(driving);
    const action = await script.next();
    const wakeAt = (await store.getRun(run))?.wakeAt ?? undefined;
    if (action !== undefined && (wakeAt === undefined || action.at <= wakeAt)) {
      clock.advanceTo(action.at);
      await action.perform();
    } else if (wakeAt !== undefined) {
      clock.advanceTo(wakeAt);
    } else {
      return;
    }
  }
  throw new TestStuck(`it is not over after ${MAX_STEPS} steps of time`);
}

/** Decisions that come too late are refused by the approvals list itself; the run is not driven any more. */
async function giveTheRest({ clock, script }: Driving): Promise<void> {
  for (;;) {
    const action = await script.next(true);
    if (action === undefined) return;
    clock.advanceTo(action.at);
    await action.perform();
  }
}

/** One drive; while effects are under way, time moves from alarm to alarm. */
async function driveOnce({ engine, run, store, clock, work, script, listener }: Driving, deadline: number) {
  const stop = new AbortController();
  let isOver = false;
  const driving = engine.drive(run, { patience: 0, listener, signal: stop.signal }).finally(() => {
    isOver = true;
  });
  // Awaited below; until then a fault must not count as unhandled.
  driving.catch(() => {});
  const mustStop = () => isOver || performance.now() > deadline;
  while (!isOver) {
    await work.settled(mustStop);
    if (isOver) break;
    if (performance.now() > deadline) {
      stop.abort();
      clock.advanceTo(clock.now() + LET_GO_MS);
      throw new TestStuck(`it is not over after ${CASE_MS / 1_000} seconds of real time`);
    }
    const action = await script.next();
    const alarm = clock.next;
    if (action !== undefined && (alarm === undefined || action.at <= alarm)) {
      clock.advanceTo(action.at);
      await action.perform();
      // The drive looks into its inbox by the real clock.
      while (!isOver && (await store.inbox(run)).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    } else if (alarm !== undefined) {
      clock.advanceTo(alarm);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return driving;
}
