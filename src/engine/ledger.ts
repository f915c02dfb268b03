/** What models cost, kept for all runs together. */
import type { SpendingLimit } from "../core/budget.js";
import type { StagePath, Usage } from "../core/event.js";

/** One call that may cost something, before it is made. */
export interface Reservation {
  /** Unique: run, stage, attempt and step. */
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly stage: StagePath;
  readonly attempt: number;
  /** The key of the recorded step: a later attempt at it repeats this call. */
  readonly step: string;
  readonly at: number;
  /** The most it can use, as far as that is known. */
  readonly estimate: Usage;
}

/** There is no room in this limit: what is spent and reserved in it so far. */
export interface Exceeded {
  readonly limit: SpendingLimit;
  readonly usd: number;
  readonly tokens: number;
}

export interface SpendingFilter {
  readonly run?: string;
  readonly workflow?: string;
  /** At or after: milliseconds. */
  readonly since?: number;
}

/** Calls that have the same of everything but their time, together. */
export interface Spending {
  readonly workflow: string;
  readonly stage: StagePath;
  readonly provider: string;
  readonly model: string;
  /** UTC, `2026-11-22`. */
  readonly day: string;
  /** What `usd` was worked out with: the row of a price table. Null: not known, or before it was kept. */
  readonly price: string | null;
  readonly calls: number;
  /** Of those, how many have no known price; `usd` is of the others. */
  readonly unpriced: number;
  /** Of those, how many count at an estimate: the server did not say, or its answer never came. */
  readonly estimated: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

/**
 * Reserve before a call, settle after it. What was reserved and never settled counts as spent: its process died, and the
 * call may have been made.
 */
export interface Ledger {
  /** Reserves if that stays within every limit, atomically among all processes; otherwise keeps nothing and says which not. */
  reserve(entry: Reservation, limits: readonly SpendingLimit[]): Promise<Exceeded | undefined>;
  /**
   * What the call really used. Earlier attempts at the same step whose end nobody knows then count as much, estimated,
   * in place of the most they could have used. An unknown price leaves the reserved one standing.
   */
  settle(id: string, usage: Usage): Promise<void>;
  /** The call was not made, or is known to have cost nothing. */
  giveBack(id: string): Promise<void>;
  /** In order of workflow, stage, model and day. */
  spending(filter: SpendingFilter): Promise<readonly Spending[]>;
}
