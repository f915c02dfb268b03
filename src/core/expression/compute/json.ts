import { ExpressionError, Fault, toExpressionError } from "../fault.js";
import { charge, chargeText, type Frame, fail, newFrame } from "../frame.js";
import { EXPRESSION_LIMITS } from "../limits.js";
import {
  Decimal,
  Duration,
  fieldOf,
  isList,
  isMap,
  type Json,
  keysOf,
  Optional,
  Timestamp,
  type Value,
} from "../value.js";
import { guardDepth } from "./compare.js";
import { formatDecimal } from "./decimal.js";
import { formatDuration, formatTimestamp } from "./time.js";

/**
 * A result as JSON: timestamps as RFC 3339, durations as seconds (`5400s`), decimals as text, none as null.
 * @throws ExpressionError `too-large` beyond about a million values, or when nested too deep
 */
export function toJson(value: Value): Json {
  const frame = newFrame(() => undefined, { now: 0, budget: EXPRESSION_LIMITS.result });
  try {
    return jsonOf(frame, value, 0);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    if (thrown.code !== "budget-exceeded") throw toExpressionError(thrown, "");
    throw new ExpressionError("too-large", "the result holds too many values", 0, 0, "");
  }
}

/** What a list or an object costs beside its items: a value that holds itself many times over is mostly those. */
const CONTAINER_COST = 6;

/** As `toJson`, paid from the evaluation's budget. */
export function jsonOf(frame: Frame, value: Value, depth = 0): Json {
  if (typeof value !== "object" || value === null) return value;
  guardDepth(frame, depth);
  if (isList(value)) {
    charge(frame, CONTAINER_COST + value.length);
    return value.map((item) => jsonOf(frame, item, depth + 1));
  }
  if (isMap(value)) {
    const keys = keysOf(value);
    charge(frame, CONTAINER_COST + keys.length);
    // fromEntries defines own fields even for a key such as `__proto__`, where assignment would not.
    return Object.fromEntries(keys.map((key) => [key, jsonOf(frame, fieldOf(value, key) ?? null, depth + 1)]));
  }
  if (value instanceof Optional) return jsonOf(frame, value.value ?? null, depth);
  return scalarText(value)!;
}

/** JSON text; with `sorted`, keys in order, so that equal values give equal texts. */
export function jsonText(frame: Frame, value: Value, sorted: boolean): string {
  const json = jsonOf(frame, value);
  chargeText(frame, roughLength(json));
  const text = JSON.stringify(sorted ? sortKeys(json) : json);
  chargeText(frame, text.length);
  return text;
}

/** A lower bound of the JSON text's length, so that a huge text is refused before it is made. */
function roughLength(json: Json): number {
  if (typeof json === "string") return json.length + 2;
  if (typeof json !== "object" || json === null) return 1;
  let total = 2;
  for (const [key, item] of Object.entries(json))
    total += (Array.isArray(json) ? 0 : key.length) + roughLength(item) + 1;
  return total;
}

function sortKeys(json: Json): Json {
  if (Array.isArray(json)) return json.map(sortKeys);
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** The text of a JSON text. */
export function parseJson(frame: Frame, text: string): Json {
  charge(frame, text.length / 10);
  try {
    return JSON.parse(text) as Json;
  } catch (thrown) {
    throw fail(frame, "bad-value", `this is not JSON: ${(thrown as Error).message}`);
  }
}

/** How a scalar reads inside a text, and as `string(x)`; undefined for null, lists, objects and optionals. */
export function scalarText(value: Value): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Decimal) return formatDecimal(value);
  return undefined;
}
