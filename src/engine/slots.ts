import pLimit, { type LimitFunction } from "p-limit";

/**
 * The effects of all runs of a process, bounded together. A run takes a slot when it decides to start an effect, before the
 * start is on disk; runs that found none free are told, the longest waiting first.
 */
export class Slots {
  readonly #limit: LimitFunction;
  readonly #size: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#size = size;
    this.#limit = pLimit(size);
  }

  get free(): number {
    return this.#size - this.#taken;
  }

  take(): void {
    this.#taken += 1;
  }

  run<T>(effect: () => Promise<T>): Promise<T> {
    return this.#limit(effect);
  }

  release(): void {
    this.#taken -= 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }

  /** Calls `wake` once, when a slot is free. */
  await(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
