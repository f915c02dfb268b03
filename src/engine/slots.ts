import { HostPlaces, type Lender } from "./hosts.js";

/**
 * The effects of all runs of a process, bounded together, and their requests to one host. A run takes a slot when it decides to start an effect, before the
 * start is on disk; runs that found none free are told, the longest waiting first.
 */
export class Slots implements Lender {
  readonly hosts: HostPlaces;
  readonly #size: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(size: number, hosts: ReadonlyMap<string, number> = new Map()) {
    this.hosts = new HostPlaces(hosts, this);
    this.#size = size;
  }

  get free(): number {
    return this.#size - this.#taken;
  }

  /** The caller has seen that one is free. */
  take(): void {
    this.#taken += 1;
  }

  /** Resolves when one is taken: at once when the signal is aborted, for whoever asked is about to give it back. */
  async enter(signal: AbortSignal): Promise<void> {
    while (this.free <= 0 && !signal.aborted) await this.#freed(signal);
    this.take();
  }

  /** An effect has ended, or will not end and counts no more. */
  release(): void {
    this.#taken -= 1;
    // One that is told may have no use for the slot any more: then the next is told. Nobody is told twice.
    let untold = this.#waiting.size;
    for (const next of this.#waiting) {
      if (this.free <= 0 || untold-- === 0) return;
      this.#waiting.delete(next);
      next();
    }
  }

  /** An effect that waits for something else lets another have its slot. */
  lend(): void {
    this.release();
  }

  regain(signal: AbortSignal): Promise<void> {
    return this.enter(signal);
  }

  #freed(signal: AbortSignal): Promise<void> {
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
