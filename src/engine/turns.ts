import type { StagePath } from "../core/event.js";
import type { LimitWait } from "../core/limit.js";
import type { Clock, Host, LimitAnswer, LimitAsk, LimitHolder } from "./ports.js";

interface Asked {
  readonly ask: LimitAsk;
  resolve(answer: LimitAnswer): void;
  reject(error: Error): void;
}

/**
 * The door of a process to the limits that all runs share. What its runs ask for goes to the store together, and who
 * waits here hears at once of what is given back here.
 */
export class Turns {
  readonly #host: Host;
  #asked: Asked[] = [];
  #isAsking = false;
  readonly #waiting = new Set<() => void>();

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
    for (;;) {
      signal.throwIfAborted();
      const wait = await this.ask(ask);
      if (wait === undefined) return;
      told(wait);
      try {
        await until(clock, wait.at ?? clock.now(), signal);
      } catch (error) {
        await this.leave(ask, [ask.stage]);
        throw error;
      }
    }
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

function until(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(at, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
