import type { Overlap } from "./trigger.js";

/** How a schedule stands. Times are milliseconds since the epoch. */
export interface Standing {
  /** The first time that has neither fired nor been passed over; null: there is none. */
  readonly nextAt: number | null;
  readonly now: number;
  readonly overlap: Overlap;
  /** A time longer ago than this is passed over. */
  readonly catchup: number;
  /** A run it started has not ended. */
  readonly isBusy: boolean;
}

/** The times to start a run for now, oldest first, and the first time that is left. */
export interface Due {
  readonly fire: readonly number[];
  readonly nextAt: number | null;
}

/** More than this at once is a flood: the older ones are passed over. */
const MOST_AT_ONCE = 1_000;

/** `next` gives the first time after another, or null. */
export function dueTimes(
  { nextAt, now, overlap, catchup, isBusy }: Standing,
  next: (after: number) => number | null,
): Due {
  const due: number[] = [];
  let at = nextAt !== null && nextAt < now - catchup ? next(now - catchup - 1) : nextAt;
  for (; at !== null && at <= now; at = next(at)) {
    due.push(at);
    if (due.length > MOST_AT_ONCE) due.shift();
  }
  const [oldest] = due;
  const newest = due.at(-1);
  if (oldest === undefined || newest === undefined) return { fire: [], nextAt: at };
  switch (overlap) {
    case "allow":
      return { fire: due, nextAt: at };
    case "skip":
      return { fire: isBusy ? [] : [newest], nextAt: at };
    case "latest":
      return isBusy ? { fire: [], nextAt: newest } : { fire: [newest], nextAt: at };
    case "queue":
      return isBusy ? { fire: [], nextAt: oldest } : { fire: [oldest], nextAt: due[1] ?? at };
  }
}

/** Of what was heard, oldest first: what to start a run for now, and what waits for its turn. The others are passed over. */
export function dueAmong<T>(
  heard: readonly T[],
  overlap: Overlap,
  isBusy: boolean,
): { readonly fire: readonly T[]; readonly rest: readonly T[] } {
  switch (overlap) {
    case "allow":
      return { fire: heard, rest: [] };
    case "skip":
      return { fire: isBusy ? [] : heard.slice(0, 1), rest: [] };
    case "latest":
      return isBusy ? { fire: [], rest: heard.slice(-1) } : { fire: heard.slice(-1), rest: [] };
    case "queue":
      return isBusy ? { fire: [], rest: heard } : { fire: heard.slice(0, 1), rest: heard.slice(1) };
  }
}
