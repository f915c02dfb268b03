import { Duration, Timestamp } from "../value.js";

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))$/;
const OFFSET = /^([+-]?)(\d\d):(\d\d)$/;
const DURATION = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:d|h|ms|us|µs|ns|m|s))+)$/;
const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(d|h|ms|us|µs|ns|m|s)/g;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ns", 1e-6],
]);

/** 0001-01-01T00:00:00Z and the last millisecond of 9999. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
/** 10,000 years. */
const LONGEST_MS = 315_576_000_000_000;

/** Undefined: outside the years 1 to 9999. */
export function timestampAt(ms: number): Timestamp | undefined {
  return ms >= FIRST_MS && ms <= LAST_MS ? new Timestamp(ms) : undefined;
}

/** Undefined: longer than 10,000 years. */
export function durationOf(ms: number): Duration | undefined {
  return Math.abs(ms) <= LONGEST_MS ? new Duration(ms) : undefined;
}

/** RFC 3339 such as `2026-03-01T09:30:00Z`, to the millisecond; undefined when the text is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1) return undefined;
  date.setUTCHours(hour, minute, second, Number((match[7] ?? "0").padEnd(3, "0").slice(0, 3)));
  const [, , , , , , , , , sign, offsetHours = "0", offsetMinutes = "0"] = match;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? -60_000 : 60_000);
  return timestampAt(date.getTime() - offset);
}

/** RFC 3339 in UTC, with milliseconds only where there are any. */
export function formatTimestamp(time: Timestamp): string {
  return new Date(time.ms).toISOString().replace(/\.?0+Z$/, "Z");
}

/** `1h30m`, `3d`, `-0.5s` or CEL's `5400s`; undefined when the text is none. */
export function parseDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (!match) return text === "0" ? new Duration(0) : undefined;
  let total = 0;
  for (const [, amount, unit] of match[2]!.matchAll(DURATION_PART)) total += Number(amount) * UNIT_MS.get(unit!)!;
  return durationOf(Math.round(total) * (match[1] === "-" && total >= 0.5 ? -1 : 1));
}

/** Seconds, as CEL writes a duration: `5400s`, `0.5s`. */
export function formatDuration({ ms }: Duration): string {
  return `${ms / 1_000}s`;
}

/** Minutes east of UTC of `+05:30`, `-08:00` or `UTC`; undefined for anything else, names of places included. */
export function parseOffset(text: string): number | undefined {
  if (text === "UTC" || text === "Z" || text === "") return 0;
  const match = OFFSET.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === "-" ? -minutes : minutes;
}

export type Part =
  | "year"
  | "month"
  | "dayOfMonth"
  | "dayOfWeek"
  | "dayOfYear"
  | "hours"
  | "minutes"
  | "seconds"
  | "milliseconds";

/** One part of a time as a clock `offset` minutes east of UTC shows it. Months and the day of the year count from 0. */
export function timestampPart(time: Timestamp, part: Part, offset: number): number {
  const date = new Date(time.ms + offset * 60_000);
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "month":
      return date.getUTCMonth();
    case "dayOfMonth":
      return date.getUTCDate();
    case "dayOfWeek":
      return date.getUTCDay();
    case "dayOfYear": {
      const newYear = new Date(0);
      newYear.setUTCFullYear(date.getUTCFullYear(), 0, 1);
      return Math.floor((date.getTime() - newYear.getTime()) / 86_400_000);
    }
    case "hours":
      return date.getUTCHours();
    case "minutes":
      return date.getUTCMinutes();
    case "seconds":
      return date.getUTCSeconds();
    case "milliseconds":
      return date.getUTCMilliseconds();
  }
}
