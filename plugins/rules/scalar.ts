import {
  Decimal,
  Duration,
  isObject,
  type Json,
  parseDuration,
  Timestamp,
  toJson,
  type Value,
} from "stagecraft/plugin";

/**
 * What a column holds, and so how its cells compare. `time`: dates and timestamps, as milliseconds; a date is its
 * first instant in UTC. `duration`: milliseconds. `unknown`: no cell of the column compares anything.
 */
export type Kind = "number" | "string" | "boolean" | "time" | "duration" | "unknown";

/** A value ready to compare: times and durations are numbers. */
export type Scalar = null | boolean | number | string;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Spreadsheets export them in capitals. */
const BOOLEAN = /^(?:true|TRUE|false|FALSE)$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Kinds as people call them. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  number: "a number",
  string: "text",
  boolean: "true or false",
  time: "a date or timestamp",
  duration: "a duration such as 1h30m",
  unknown: "a value",
};

/** The kind unquoted text reads as on its own: `100`, `true`, `2026-01-31`, `1h30m`; anything else is `string`. */
export function kindOfText(text: string): Kind {
  if (NUMBER.test(text)) return "number";
  if (BOOLEAN.test(text)) return "boolean";
  if (parseTime(text) !== undefined) return "time";
  return parseDuration(text) === undefined ? "string" : "duration";
}

/** The kind a JSON Schema asks for; `unknown` when it does not say. */
export function kindOfSchema(schema: Json | undefined): Kind {
  if (!isObject(schema)) return "unknown";
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const listed = Array.isArray(schema.enum) ? typeof schema.enum.find((value) => value !== null) : undefined;
  const type = types.find((name) => name !== "null") ?? listed;
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type !== "string") return "unknown";
  if (schema.format === "date" || schema.format === "date-time") return "time";
  return schema.format === "duration" ? "duration" : "string";
}

/** Text as a value of `kind`, or undefined when it is none. */
export function scalarOfText(text: string, kind: Kind): Scalar | undefined {
  switch (kind) {
    case "number":
      return NUMBER.test(text) ? Number(text) : undefined;
    case "boolean":
      return BOOLEAN.test(text) ? text.toLowerCase() === "true" : undefined;
    case "time":
      return parseTime(text);
    case "duration":
      return parseDuration(text);
    default:
      return text;
  }
}

/** A value met at run time, or a JSON literal, as a value of `kind`; undefined when it is of another kind. */
export function scalarOfValue(value: Value, kind: Kind): Scalar | undefined {
  if (value === null) return null;
  if (kind === "unknown") return anyScalar(value);
  if (kind === "number") {
    if (value instanceof Decimal) return Number(toJson(value));
    return typeof value === "number" ? value : undefined;
  }
  if (kind === "time" && value instanceof Timestamp) return value.ms;
  if (kind === "duration" && value instanceof Duration) return value.ms;
  if (kind === "boolean") return typeof value === "boolean" ? value : undefined;
  return typeof value === "string" ? scalarOfText(value, kind) : undefined;
}

/** For a column nothing compares with: any value will do, only null differs. */
function anyScalar(value: Value): Scalar {
  return typeof value === "object" ? JSON.stringify(toJson(value)) : (value as Scalar);
}

/** Milliseconds since the epoch of a date or an RFC 3339 timestamp; undefined for `2026-02-30`. */
function parseTime(text: string): number | undefined {
  const date = DATE.exec(text);
  if (date === null && !TIMESTAMP.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  if (date !== null && new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms;
}
