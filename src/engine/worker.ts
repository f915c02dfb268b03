import type { Engine } from "./engine.js";
import type { Host, Listener } from "./ports.js";

/** How often the store is asked for runs that have something to do: milliseconds. */
const LOOK_MS = 500;
/** How long runs for whose effects there is no place here are left for workers that have some. */
const LEAVE_MS = 1_000;
/** A timer due within this time is waited for; a run that waits for longer is let go, and taken up again when it is due. */
const PATIENCE_MS = 1_000;
/** How long a run that waits for its turn in its group is left alone. */
const TURN_MS = 1_000;
/** How long a run that could not be driven is left alone: doubled each time, up to this. */
const LONGEST_REST_MS = 60_000;

export interface WorkOptions {
  /** Stops taking runs, and stops those under way gracefully. */
  readonly signal: AbortSignal;
  /** Runs driven at the same time. */
  readonly runs: number;
  /** Hears of every run driven here. */
  readonly listener?: Listener;
}

export interface Worker {
  /** Looks at once instead of within half a second. */
  nudge(): void;
  /** Settles when the signal came and every run was let go. */
  readonly done: Promise<void>;
}

/** A run left alone for a while, and how often in a row. */
interface Rest {
  readonly until: number;
  readonly times: number;
}

/** What a worker has runs driven by; without `room`, as many as it may. */
export type Drives = Pick<Engine, "drive" | "letGo"> & Partial<Pick<Engine, "room">>;

/**
 * Drives whatever run of the store has something to do and nobody alive to do it: queued, detached, woken by a timer or a
 * message, or left by a process that died. Any number of workers share a store; the lease says whose a run is.
 */
export function startWorker(engine: Drives, host: Host, options: WorkOptions): Worker {
  const loop = new Loop(engine, host, options);
  return { nudge: () => loop.look(), done: loop.run() };
}

class Loop {
  readonly #engine: Drives;
  readonly #host: Host;
  readonly #options: WorkOptions;
  readonly #driven = new Map<string, Promise<void>>();
  readonly #resting = new Map<string, Rest>();
  /** Runs for whose effects there was no place here, and since when: another worker may have some. */
  readonly #left = new Map<string, number>();
  /** Runs taken though there was no place for their effects, and when. */
  readonly #beyond = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(engine: Drives, host: Host, options: WorkOptions) {
    this.#engine = engine;
    this.#host = host;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const stopLooking = this.#host.clock.every(LOOK_MS, () => this.look());
    const stopHearing = this.#host.store.onNudge?.(() => this.look());
    this.look();
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    stopLooking();
    stopHearing?.();
    await this.#looking;
    await Promise.all(this.#driven.values());
  }

  /** One look at a time; what is asked for during one leads to one more. */
  look(): void {
    if (this.#looking !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isAskedAgain = false;
    this.#looking = this.#takeRuns()
      // A store that cannot be read now is asked again.
      .catch((error: Error) => this.#host.log.error(`cannot look for runs: ${error.message}`))
      .finally(() => {
        this.#looking = undefined;
        if (this.#isAskedAgain) this.look();
      });
  }

  async #takeRuns(): Promise<void> {
    const { store, owner, clock } = this.#host;
    const { signal, runs } = this.#options;
    const free = runs - this.#driven.size;
    await this.#engine.letGo();
    if (free <= 0 || signal.aborted) return;
    const now = clock.now();
    // Those at rest are still listed, first even: without the room for them, later runs would not be seen.
    const found = await store.claimable(owner, now, free + this.#driven.size + this.#resting.size);
    for (const run of this.#resting.keys()) if (!found.includes(run)) this.#resting.delete(run);
    const due = found.filter((run) => !this.#driven.has(run) && (this.#resting.get(run)?.until ?? 0) <= now);
    for (const run of this.#takenOf(due.slice(0, free), now)) {
      if (signal.aborted) return;
      this.#driven.set(run, this.#drive(run));
    }
  }

  /**
   * No more at once than there are places for effects; what nobody else takes, in spite of that, though not all of it:
   * what is taken now nobody else can take when he has places again. Those that need none are over soon and make way for more.
   */
  #takenOf(due: readonly string[], now: number): readonly string[] {
    const room = Math.max(this.#engine.room?.() ?? Number.POSITIVE_INFINITY, 0);
    const [fitting, others] = [due.slice(0, room), due.slice(room)];
    for (const run of this.#left.keys()) if (!others.includes(run)) this.#left.delete(run);
    for (const run of others) if (!this.#left.has(run)) this.#left.set(run, now);
    const isLong = (since: number | undefined) => since !== undefined && since + LEAVE_MS <= now;
    const lately = [...this.#beyond.values()].filter((since) => !isLong(since)).length;
    const beyond = others
      .filter((run) => isLong(this.#left.get(run)))
      .slice(0, Math.max(this.#host.concurrency - lately, 0));
    for (const run of beyond) this.#beyond.set(run, now);
    return [...fitting, ...beyond];
  }

  async #drive(run: string): Promise<void> {
    const { signal, listener } = this.#options;
    try {
      const end = await this.#engine.drive(run, { patience: PATIENCE_MS, signal, listener });
      if (end === "queued") this.#rest(run, TURN_MS);
      else this.#resting.delete(run);
    } catch (error) {
      const times = this.#resting.get(run)?.times ?? 0;
      if (times === 0) this.#host.log.error(`run ${run} cannot be driven: ${(error as Error).message}`);
      this.#rest(run, Math.min(TURN_MS * 2 ** times, LONGEST_REST_MS));
    } finally {
      this.#driven.delete(run);
      this.#beyond.delete(run);
      // Its place is free, and what came while it was let go is not left lying.
      if (!signal.aborted) this.look();
    }
  }

  #rest(run: string, span: number): void {
    const times = (this.#resting.get(run)?.times ?? 0) + 1;
    this.#resting.set(run, { until: this.#host.clock.now() + span, times });
  }
}
