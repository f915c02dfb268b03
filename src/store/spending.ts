/** What every store agrees on about money. */
import type { SpendingLimit } from "../core/budget.js";
import type { Usage } from "../core/event.js";
import type { Exceeded, Reservation } from "../engine/ports.js";

/** Dollars as whole billionths: sums of them are exact. */
export function nanosOf(usd: number): number {
  return Math.round(usd * 1e9);
}

export function usdOf(nanos: number): number {
  return nanos / 1e9;
}

/** UTC, `2026-11-22`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** What was spent or reserved within a limit so far. */
export interface Sum {
  readonly nanos: number;
  readonly tokens: number;
}

/** Does one more call stay within the limit? An unknown price cannot: nobody could say so. */
export function exceeded(limit: SpendingLimit, sum: Sum, { estimate }: Reservation): Exceeded | undefined {
  const { usd, tokens } = limit;
  const isOverUsd = usd !== undefined && (estimate.usd === null || sum.nanos + nanosOf(estimate.usd) > nanosOf(usd));
  const isOverTokens = tokens !== undefined && sum.tokens + tokensOf(estimate) > tokens;
  return isOverUsd || isOverTokens ? { limit, usd: usdOf(sum.nanos), tokens: sum.tokens } : undefined;
}

export function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}

/** Ends of a stage's path, behind which stands what is below it. */
export const BELOW = ["/", "[", "#", "~"] as const;
