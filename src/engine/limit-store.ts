import type { StagePath } from "../core/event.js";
import type { LimitClaim, LimitWait } from "../core/limit.js";

/** One that asks for everything it needs before it starts: all of it, or nothing yet. */
export interface LimitAsk {
  readonly run: string;
  readonly stage: StagePath;
  /** Of the stage: a further one takes tokens of its own, the same one none a second time. */
  readonly attempt: number;
  /** Of the lease under which it asks; null: of none, it performs for whoever drives the run. */
  readonly epoch: number | null;
  /** Its place counts until it is given back or the run ends; otherwise only while this lease lives. */
  readonly outlasts: boolean;
  /** The higher goes first; equal ones in the order in which they first asked. */
  readonly priority: number;
  readonly claims: readonly LimitClaim[];
}

/** What an asker of tokens really used of them. */
export interface TokenUse extends Pick<LimitAsk, "run" | "stage" | "attempt"> {
  readonly costs: readonly { readonly group: string; readonly cost: number }[];
}

/** Who drives a run, by the epoch of the lease. */
export interface LimitHolder {
  readonly run: string;
  readonly epoch: number;
}

/** The process that asks: it may know which others are dead. */
export interface LimitAsker {
  isDead(owner: string): boolean;
}

/** Undefined: granted. Otherwise what it waits for. */
export type LimitAnswer = LimitWait | undefined;

/**
 * Limits that all runs share.
 *
 * At no time do more than `limit` places of a group count, and in no `per` milliseconds are more than `limit` tokens of it
 * taken. Nobody is granted what one before it still waits for, as long as that one comes back in time. A place counts
 * while its run is not over and its lease lives; a taken token counts whatever becomes of its taker, until it is settled.
 * What comes under a lease that another has followed is told to wait, and gives nothing back: it is the other's now.
 */
export interface LimitStore {
  /**
   * Answers in the order of the asks. One that is refused keeps its turn until 15 seconds after the time it is told, or after
   * now: it asks again, whole, to be granted.
   */
  askLimits(asks: readonly LimitAsk[], asker: LimitAsker, now: number): Promise<readonly LimitAnswer[]>;
  /**
   * Tokens that were taken count from now on at what was really used, as long as they would have; at 0 they are given back. What
   * was not taken, or counts no more, is passed over.
   */
  settleTokens(use: TokenUse, now: number): Promise<void>;
  /** Gives back the places and turns of these stages; a run that nobody drives and that is next is due at `now`. */
  leaveLimits(holder: LimitHolder, stages: readonly StagePath[], now: number): Promise<void>;
  /** Gives back what all other stages of the run hold or wait for. */
  keepLimits(holder: LimitHolder, stages: readonly StagePath[], now: number): Promise<void>;
}
