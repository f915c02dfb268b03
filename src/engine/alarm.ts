import type { Clock } from "./ports.js";

/** One alarm at a time: the earliest that was asked for. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(at: number): void {
    if (this.#set !== null && this.#set.at <= at) return;
    this.#set?.cancel();
    const cancel = this.#clock.at(at, () => {
      this.#set = null;
      this.#ring();
    });
    this.#set = { at, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
  }
}
