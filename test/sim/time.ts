import { Heap } from "../../src/core/heap.js";
import type { Clock } from "../../src/engine/ports.js";

/** Time as it really passes in the simulated world; it moves from one thing due to the next. */
export class WorldTime {
  now = 1_000_000;
  readonly #due = new Heap<() => void>();

  /** Calls `what` after so many milliseconds. */
  after(delay: number, what: () => void): void {
    this.#due.push(this.now + Math.max(0, delay), what);
  }

  /** Does what is due next. False: nothing is, or only behind `until`. */
  step(until: number): boolean {
    const next = this.#due.peek();
    if (next === undefined || next.key > until) return false;
    this.#due.pop();
    this.now = Math.max(this.now, next.key);
    next.value();
    return true;
  }
}

/** What one process takes for the time: off by some skew, set back and forth, dead when the process is. */
export class SkewedClock implements Clock {
  readonly #world: WorldTime;
  /** Regular ticks come so much slower than asked for: a busy machine, and a shorter simulation. */
  readonly #drag: number;
  #skew: number;
  #isStopped = false;
  readonly #alarms = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(world: WorldTime, skew: number, drag: number) {
    this.#world = world;
    this.#skew = skew;
    this.#drag = drag;
  }

  now(): number {
    return this.#world.now + this.#skew;
  }

  at(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.add(alarm);
    this.#world.after(at - this.now(), () => this.#look(alarm));
    return () => void this.#alarms.delete(alarm);
  }

  every(interval: number, tick: () => void): () => void {
    let isOn = true;
    const next = () => {
      if (!isOn || this.#isStopped) return;
      tick();
      this.#world.after(interval * this.#drag, next);
    };
    this.#world.after(interval * this.#drag, next);
    return () => {
      isOn = false;
    };
  }

  /** Sets the clock back (negative) or forth. */
  jump(by: number): void {
    this.#skew += by;
    for (const alarm of [...this.#alarms]) this.#look(alarm);
  }

  /** The process is gone: nothing of it is called again. */
  stop(): void {
    this.#isStopped = true;
    this.#alarms.clear();
  }

  #look(alarm: { readonly at: number; readonly wake: () => void }): void {
    if (this.#isStopped || !this.#alarms.has(alarm)) return;
    const left = alarm.at - this.now();
    if (left > 0) return this.#world.after(left, () => this.#look(alarm));
    this.#alarms.delete(alarm);
    alarm.wake();
  }
}
