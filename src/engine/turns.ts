import type { StagePath } from "../core/event.js";
import type { LimitWait } from "../core/limit.js";
import type { Clock, Host, LimitAnswer, LimitAsk, LimitHolder, TokenUse } from "./ports.js";

interface Asked {
  readonly ask: LimitAsk;
  resolve(answer: LimitAnswer): void;
  reject(error: Error): void;
}

/** One that waits in this process for tokens of these groups. */
interface Taker {
  readonly groups: readonly string[];
  /** It was told to ask again since it last did. */
  isWoken: boolean;
  wake: () => void;
}

const NOTHING = () => {};

/**
 * The door of a process to the limits that all runs share. What its runs ask for goes to the store together, and who
 * waits here hears at once of what is given back here.
 */
export class Turns {
  readonly #host: Host;
  #asked: Asked[] = [];
  #isAsking = false;
  readonly #waiting = new Set<() => void>();
  /** Who waits here for tokens, in the order of coming. */
  readonly #takers = new Set<Taker>();

  constructor(host: Host) {
    this.#host = host;
  }

  ask(ask: LimitAsk): Promise<LimitAnswer> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ ask, resolve, reject });
      if (!this.#isAsking) void this.#askAll();
    });
  }

  /**
   * Waits in this process until tokens are granted. `told` hears what it waits for.
   * @throws what the signal was aborted with
   */
  async take(ask: LimitAsk, signal: AbortSignal, told: (wait: LimitWait) => void): Promise<void> {
    const { clock } = this.#host;
    const taker: Taker = { groups: ask.claims.map(({ group }) => group), isWoken: false, wake: NOTHING };
    this.#takers.add(taker);
    try {
      for (let waited = false; ; waited = true) {
        signal.throwIfAborted();
        taker.isWoken = false;
        const wait = await this.ask(ask);
        if (wait === undefined) {
          this.#takers.delete(taker);
          // There may be room for the next one too.
          if (waited) this.#wakeFirst(taker.groups);
          return;
        }
        told(wait);
        await pause(taker, clock, wait.at ?? clock.now(), signal);
      }
    } catch (error) {
      // One that asks under no lease only lets its turn run out.
      if (ask.epoch !== null) await this.leave({ run: ask.run, epoch: ask.epoch }, [ask.stage]);
      throw error;
    } finally {
      this.#takers.delete(taker);
    }
  }

  /** What tokens that were granted came to. Who waits here for such ones asks again, the first of them first. */
  async settle(use: TokenUse): Promise<void> {
    const { store, clock } = this.#host;
    await store.settleTokens(use, clock.now());
    this.#wakeFirst(use.costs.map(({ group }) => group));
  }

  async leave(holder: LimitHolder, stages: readonly StagePath[]): Promise<void> {
    const { store, clock } = this.#host;
    await store.leaveLimits(holder, stages, clock.now());
    this.#tell();
  }

  async keep(holder: LimitHolder, stages: readonly StagePath[]): Promise<void> {
    const { store, clock } = this.#host;
    await store.keepLimits(holder, stages, clock.now());
    this.#tell();
  }

  /** Calls `wake` whenever something is given back, until it is forgotten. */
  await(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  #tell(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #wakeFirst(groups: readonly string[]): void {
    for (const taker of this.#takers) {
      if (!taker.groups.some((group) => groups.includes(group))) continue;
      taker.isWoken = true;
      taker.wake();
      return;
    }
  }

  async #askAll(): Promise<void> {
    const { store, owner, clock } = this.#host;
    this.#isAsking = true;
    // What is asked for in one turn of the event loop goes together.
    await new Promise(setImmediate);
    while (this.#asked.length > 0) {
      const asked = this.#asked.splice(0);
      try {
        const answers = await store.askLimits(
          asked.map(({ ask }) => ask),
          owner,
          clock.now(),
        );
        for (const [index, { resolve }] of asked.entries()) resolve(answers[index]);
      } catch (error) {
        for (const { reject } of asked) reject(error as Error);
      }
    }
    this.#isAsking = false;
  }
}

/** Until the time comes or the taker is woken. @throws what the signal was aborted with */
function pause(taker: Taker, clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  // It was woken while its answer was on the way.
  if (taker.isWoken) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      cancel();
      signal.removeEventListener("abort", stop);
      taker.wake = NOTHING;
      settle();
    };
    const stop = () => end(() => reject(signal.reason));
    const cancel = clock.at(at, () => end(resolve));
    taker.wake = () => end(resolve);
    signal.addEventListener("abort", stop, { once: true });
  });
}
