import type { Failure } from "./errors.js";
import type { RetryPlan } from "./plan.js";

/**
 * When the next try of a failed attempt starts, in milliseconds since the epoch, or undefined when there is none.
 * Full jitter after Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), drawn from `seed` so that a
 * replay decides the same. What the other side asked for (`retryAfter`) is a lower bound, up to
 * `maxDelay`: no server may put a run to sleep for days.
 *
 * @param failures tries failed so far, this one included
 */
export function nextTry(
  retry: RetryPlan | undefined,
  failure: Failure,
  failures: number,
  now: number,
  seed: string,
): number | undefined {
  if (retry === undefined || failures >= retry.maxAttempts) return undefined;
  const isWanted = retry.errors === undefined ? failure.retryable : retry.errors.includes(failure.code);
  if (!isWanted) return undefined;
  const grown = retry.backoff === "exponential" ? retry.delay * retry.factor ** (failures - 1) : retry.delay;
  const capped = Math.min(grown, retry.maxDelay);
  const delay = retry.jitter === "full" ? capped * fraction(`${seed}/${failures}`) : capped;
  const asked = Math.min(failure.retryAfter ?? 0, retry.maxDelay);
  return Math.ceil(now + Math.max(delay, asked));
}

/** A number in [0, 1) that depends on nothing but the text: FNV-1a (Fowler, Noll, Vo), then a finaliser to spread it. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
