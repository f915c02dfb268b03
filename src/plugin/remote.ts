/** What any plugin that talks HTTP must agree on: which answers deserve another try, and when. */

const RETRYABLE = new Set([408, 425, 429]);

/** True where the same request may succeed later. */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE.has(status) || status >= 500;
}

/**
 * Milliseconds the other side asked to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date).
 * A date is measured from the answer's own `Date`, so that two clocks that differ do no harm, else from `now`.
 * Undefined when it said nothing that can be read. Never negative.
 */
export function retryAfterMs(header: (name: string) => string | null | undefined, now: number): number | undefined {
  const exact = header("retry-after-ms")?.trim();
  if (exact && NUMBER.test(exact)) return Math.round(Number(exact));
  const text = header("retry-after")?.trim();
  if (!text) return undefined;
  if (NUMBER.test(text)) return Math.round(Number(text) * 1_000);
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const sent = Date.parse(header("date") ?? "");
  return Math.max(0, at - (Number.isNaN(sent) ? now : sent));
}

const NUMBER = /^\d+(\.\d+)?$/;
