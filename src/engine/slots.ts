import pLimit, { type LimitFunction } from "p-limit";
import { HostPlaces, type Lender } from "./hosts.js";

/**
 * The effects of all runs of a process, bounded together by p-limit, and their requests to one host. A run takes a slot when it decides to
 * start an effect, before the start is on disk; runs that found none free are told, the longest waiting first.
 */
export class Slots implements Lender {
  readonly hosts: HostPlaces;
  /** More than there are slots, by as many as are lent or were given up. */
  readonly #limit: LimitFunction;
  readonly #waiting = new Set<() => void>();

  constructor(size: number, hosts: ReadonlyMap<string, number> = new Map()) {
    this.hosts = new HostPlaces(hosts, this);
    this.#limit = pLimit(size);
  }

  get free(): number {
    const { concurrency, activeCount, pendingCount } = this.#limit;
    return concurrency - activeCount - pendingCount;
  }

  /**
   * Takes a slot until the effect has ended: at once, for the caller has seen that one is free. Whoever hears of the end
   * tells those who wait by `freed`.
   */
  run<T>(effect: () => Promise<T>): Promise<T> {
    return this.#limit(effect);
  }

  /** The same for one that waits until a slot is free; undefined when it was told to stop before. */
  async queue(effect: () => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.#oneFree(signal);
    if (signal.aborted) return;
    await this.run(effect).finally(() => this.freed());
  }

  /** Tells those who wait. */
  freed(): void {
    // One that is told may have no use for the slot any more: then the next is told. Nobody is told twice.
    let untold = this.#waiting.size;
    for (const next of this.#waiting) {
      if (this.free <= 0 || untold-- === 0) return;
      this.#waiting.delete(next);
      next();
    }
  }

  /** An effect goes on without its slot: it waits for something else, or does not end though it was told to. */
  lend(): void {
    this.#limit.concurrency += 1;
    this.freed();
  }

  /** It has ended after all, and gives its slot back as others do. */
  returned(): void {
    this.#limit.concurrency -= 1;
  }

  /** It takes a slot again: at once when the signal is aborted, for it is about to give it back. */
  async regain(signal: AbortSignal): Promise<void> {
    await this.#oneFree(signal);
    this.returned();
  }

  async #oneFree(signal: AbortSignal): Promise<void> {
    while (this.free <= 0 && !signal.aborted) await this.#told(signal);
  }

  #told(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.forget(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.await(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  /** Calls `wake` once, when a slot is free. */
  await(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
