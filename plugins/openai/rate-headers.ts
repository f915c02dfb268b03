/** What OpenAI counts, and tells of in `x-ratelimit-remaining-…` and `x-ratelimit-reset-…`. */
const COUNTED = ["requests", "tokens"];
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds until there is room again, of a server that says what is used up rather than `Retry-After`; the longest where
 * several things are. Undefined when it says nothing of it.
 */
export function rateResetMs(header: (name: string) => string | null | undefined): number | undefined {
  const times = COUNTED.filter((what) => header(`x-ratelimit-remaining-${what}`)?.trim() === "0")
    .map((what) => spanOf(header(`x-ratelimit-reset-${what}`) ?? ""))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** `6m0s`, `20ms`, `1.5s`: milliseconds. */
function spanOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text.trim())) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return Math.ceil([...parts].reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0), 0));
}
