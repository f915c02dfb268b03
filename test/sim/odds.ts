import type { Chance } from "./chance.js";

/** What one seed draws: how bad the world is. Times in milliseconds. */
export interface Odds {
  readonly workers: number;
  /** Effects at a time, of one worker. */
  readonly slots: number;
  readonly runs: number;
  /** How long faults go on. */
  readonly chaos: number;
  /** Most a clock is off, and most it is set back or forth. */
  readonly skew: number;
  readonly jump: number;
  /** Of one store call: it is slow, it fails before or after it was kept, its process dies before or after it was kept. */
  readonly slow: number;
  readonly failBefore: number;
  readonly failAfter: number;
  readonly dieBefore: number;
  readonly dieAfter: number;
  /** Of one effect: it fails in a way worth repeating, fails for good, never answers, takes longer than a lease. */
  readonly flaky: number;
  readonly broken: number;
  readonly hang: number;
  readonly long: number;
  /** A dead process is known to be dead (same machine); otherwise its leases are waited out. */
  readonly sameMachine: boolean;
  /** Between two things a person does. */
  readonly person: number;
}

/** Half the seeds leave a kind of fault out, so that every fault is also met alone. */
export function drawOdds(chance: Chance): Odds {
  const odds = (most: number) => (chance.happens(0.5) ? 0 : Math.round(chance.next() * most * 1000) / 1000);
  return {
    workers: chance.int(2, 4),
    slots: chance.int(1, 4),
    runs: chance.int(1, 3),
    chaos: chance.int(60_000, 400_000),
    skew: chance.pick([0, 0, 500, 20_000, 90_000]),
    jump: chance.pick([0, 0, 40_000, 3_600_000]),
    slow: odds(0.1),
    failBefore: odds(0.03),
    failAfter: odds(0.03),
    dieBefore: odds(0.02),
    dieAfter: odds(0.02),
    flaky: odds(0.4),
    broken: odds(0.2),
    hang: odds(0.1),
    long: odds(0.2),
    sameMachine: chance.happens(0.5),
    person: chance.pick([5_000, 20_000, 60_000]),
  };
}
