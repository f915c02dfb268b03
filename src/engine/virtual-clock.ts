import type { Clock } from "./ports.js";

/** Time that moves only when it is told to. */
export interface VirtualClock extends Clock {
  /** The earliest alarm that is set, or undefined. */
  readonly next: number | undefined;
  /** How often an alarm was set or called off: something is going on where it grows. */
  readonly changes: number;
  /** Moves to `time`, or stays where that is past, and wakes what is due, earliest first. */
  advanceTo(time: number): void;
}

/** `start`: milliseconds since the epoch. */
export function virtualClock(start: number): VirtualClock {
  const alarms = new Set<{ readonly at: number; readonly wake: () => void }>();
  let now = start;
  let changes = 0;
  return {
    now: () => now,
    at(at, wake) {
      const alarm = { at, wake };
      alarms.add(alarm);
      changes += 1;
      return () => {
        if (alarms.delete(alarm)) changes += 1;
      };
    },
    // What beats whatever the time of day is beats really: requests from outside come in real time.
    every(interval, tick) {
      const timer = setInterval(tick, interval);
      return () => clearInterval(timer);
    },
    get next() {
      return alarms.size === 0 ? undefined : Math.min(...[...alarms].map(({ at }) => at));
    },
    get changes() {
      return changes;
    },
    advanceTo(time) {
      now = Math.max(now, time);
      const due = [...alarms].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const alarm of due) {
        // An earlier one may have called it off.
        if (alarms.delete(alarm)) alarm.wake();
      }
    },
  };
}
