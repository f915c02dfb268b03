import {
  durationOf,
  type Part,
  parseDuration,
  parseOffset,
  parseTimestamp,
  timestampAt,
  timestampPart,
} from "../compute/time.js";
import { type Frame, fail } from "../frame.js";
import { DURATION, NUMBER, TIMESTAMP } from "../type.js";
import { Duration, Timestamp, type Value } from "../value.js";
import { type FunctionTable, type Overload, overload } from "./signature.js";

/** A number is seconds since 1970, as in CEL. */
function timestamp(frame: Frame, value: Timestamp | string | number): Timestamp {
  if (value instanceof Timestamp) return value;
  const time = typeof value === "number" ? timestampAt(Math.round(value * 1_000)) : parseTimestamp(value);
  if (time !== undefined) return time;
  const help = "write it as 2026-03-01T09:30:00Z, with its zone";
  throw fail(frame, "bad-value", `${typeof value === "number" ? value : `"${value}"`} is no point in time`, help);
}

/** A number is seconds. */
function duration(frame: Frame, value: Duration | string | number): Duration {
  if (value instanceof Duration) return value;
  const time = typeof value === "number" ? durationOf(Math.round(value * 1_000)) : parseDuration(value);
  if (time !== undefined) return time;
  const shown = typeof value === "number" ? value : `"${value}"`;
  throw fail(frame, "bad-value", `${shown} is no duration`, "write it as 1h30m, 3d or 3600s");
}

function part(name: Part, shift = 0): Overload {
  return overload("time: timestamp, offset?: string", NUMBER, (frame: Frame, time: Timestamp, zone = "UTC") => {
    const offset = parseOffset(zone);
    if (offset !== undefined) return timestampPart(time, name, offset) + shift;
    const help = "write an offset such as +05:30; names of places would need a clock's own data";
    throw fail(frame, "bad-value", `"${zone}" is no offset from UTC`, help);
  });
}

/** A duration in whole units. */
function total(unitMs: number, modulo = Number.POSITIVE_INFINITY): Overload {
  return overload("time: duration", NUMBER, (_: Frame, { ms }: Duration) => {
    return Math.trunc((modulo === Number.POSITIVE_INFINITY ? ms : ms % modulo) / unitMs) + 0;
  });
}

export const TIME_FUNCTIONS: FunctionTable = new Map<string, readonly Overload[]>([
  ["now", [overload("", TIMESTAMP, (frame: Frame): Value => new Timestamp(frame.now))]],
  ["timestamp", [overload("value: timestamp|string|number", TIMESTAMP, timestamp)]],
  ["duration", [overload("value: duration|string|number", DURATION, duration)]],
  ["getFullYear", [part("year")]],
  ["getMonth", [part("month")]],
  ["getDate", [part("dayOfMonth")]],
  ["getDayOfMonth", [part("dayOfMonth", -1)]],
  ["getDayOfWeek", [part("dayOfWeek")]],
  ["getDayOfYear", [part("dayOfYear")]],
  ["getHours", [part("hours"), total(3_600_000)]],
  ["getMinutes", [part("minutes"), total(60_000)]],
  ["getSeconds", [part("seconds"), total(1_000)]],
  ["getMilliseconds", [part("milliseconds"), total(1, 1_000)]],
]);
