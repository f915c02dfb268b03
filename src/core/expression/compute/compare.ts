import { charge, type Frame, fault } from "../frame.js";
import { EXPRESSION_LIMITS } from "../limits.js";
import {
  type AnyMap,
  Decimal,
  Duration,
  fieldOf,
  isList,
  isMap,
  keysOf,
  Optional,
  Timestamp,
  type Value,
} from "../value.js";
import { compareDecimals, decimalOf } from "./decimal.js";

/** Values of different types are never equal, save numbers and decimals of the same amount. */
export function equals(frame: Frame, a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return equalAmounts(a, b);
  return equalObjects(frame, a, b, 0);
}

function equalAmounts(a: Value, b: Value): boolean {
  if (a instanceof Decimal && typeof b === "number") return compareDecimals(a, decimalOf(b)) === 0;
  if (b instanceof Decimal && typeof a === "number") return compareDecimals(decimalOf(a), b) === 0;
  return false;
}

function equalObjects(frame: Frame, a: Value & object, b: Value & object, depth: number): boolean {
  guardDepth(frame, depth);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ms === b.ms;
  if (a instanceof Duration) return b instanceof Duration && a.ms === b.ms;
  if (a instanceof Decimal) return b instanceof Decimal && compareDecimals(a, b) === 0;
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equalWithin(frame, a.value, b.value, depth);
  }
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    charge(frame, 4 + a.length);
    return a.every((item, i) => equalWithin(frame, item, b[i]!, depth));
  }
  return isMap(a) && isMap(b) && equalMaps(frame, a, b, depth);
}

function equalMaps(frame: Frame, a: AnyMap, b: AnyMap, depth: number): boolean {
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  charge(frame, 4 + keys.length);
  return keys.every((key) => {
    const left = fieldOf(a, key);
    const right = fieldOf(b, key);
    return left !== undefined && right !== undefined && equalWithin(frame, left, right, depth);
  });
}

function equalWithin(frame: Frame, a: Value, b: Value, depth: number): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return equalAmounts(a, b);
  return equalObjects(frame, a, b, depth + 1);
}

/** Refuses data nested so deep that going through it would overflow the stack. */
export function guardDepth(frame: Frame, depth: number): void {
  if (depth > EXPRESSION_LIMITS.depth) throw fault(frame.site, "too-large", "the data is nested too deep", "final");
}

/** Negative, zero or positive; undefined when the two have no order. */
export function order(a: Value, b: Value): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return orderTexts(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ms - b.ms;
  if (a instanceof Duration && b instanceof Duration) return a.ms - b.ms;
  if (a instanceof Decimal || b instanceof Decimal) {
    const x = typeof a === "number" ? decimalOf(a) : a;
    const y = typeof b === "number" ? decimalOf(b) : b;
    if (x instanceof Decimal && y instanceof Decimal) return compareDecimals(x, y);
  }
  return undefined;
}

const SURROGATE = /[\ud800-\udfff]/;

/** By code point, where JavaScript orders by UTF-16 unit. */
function orderTexts(a: string, b: string): number {
  if (a === b) return 0;
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  // Step back to the start of a pair that differs only in its second half.
  if (at > 0 && /[\udc00-\udfff]/.test(a[at] ?? "") && /[\ud800-\udbff]/.test(a[at - 1]!)) at--;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}
