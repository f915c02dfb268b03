import { chargeItems, chargeText, type Frame, fail } from "../frame.js";
import type { Arithmetic } from "../syntax/ast.js";
import { Decimal, Duration, isList, kindOf, Timestamp, type Value } from "../value.js";
import {
  addDecimals,
  decimalOf,
  divideDecimals,
  multiplyDecimals,
  remainderDecimals,
  subtractDecimals,
} from "./decimal.js";
import { add, divide, multiply, remainder, subtract } from "./number.js";
import { durationOf, timestampAt } from "./time.js";

const ON_NUMBERS = { "+": add, "-": subtract, "*": multiply, "/": divide, "%": remainder } as const;
const ON_DECIMALS = {
  "+": addDecimals,
  "-": subtractDecimals,
  "*": multiplyDecimals,
  "/": divideDecimals,
  "%": remainderDecimals,
} as const;

/** `a operator b` for whatever has one; the frame's site says where a fault is shown. */
export function arithmetic(frame: Frame, operator: Arithmetic, a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") return onNumbers(frame, operator, a, b);
  if (operator === "+" && typeof a === "string" && typeof b === "string") {
    chargeText(frame, a.length + b.length);
    return a + b;
  }
  if (operator === "+" && isList(a) && isList(b)) {
    chargeItems(frame, a.length + b.length);
    return a.concat(b);
  }
  if (a instanceof Decimal || b instanceof Decimal) {
    const x = typeof a === "number" ? decimalOf(a) : a;
    const y = typeof b === "number" ? decimalOf(b) : b;
    if (x instanceof Decimal && y instanceof Decimal) return onDecimals(frame, operator, x, y);
  }
  return onTimes(frame, operator, a, b);
}

function onNumbers(frame: Frame, operator: Arithmetic, a: number, b: number): number {
  if (b === 0) refuseZero(frame, operator);
  const result = ON_NUMBERS[operator](a, b);
  if (!Number.isFinite(result)) throw fail(frame, "number-too-large", "the result is more than a number can hold");
  return result;
}

function onDecimals(frame: Frame, operator: Arithmetic, a: Decimal, b: Decimal): Decimal {
  if (b.mantissa === 0n) refuseZero(frame, operator);
  const result = ON_DECIMALS[operator](a, b);
  if (result === undefined) throw fail(frame, "number-too-large", "the result has too many digits");
  return result;
}

function refuseZero(frame: Frame, operator: Arithmetic): void {
  if (operator === "/" || operator === "%") throw fail(frame, "division-by-zero", "division by zero");
}

function onTimes(frame: Frame, operator: Arithmetic, a: Value, b: Value): Value {
  const sign = operator === "+" ? 1 : operator === "-" ? -1 : 0;
  if (sign !== 0 && a instanceof Timestamp && b instanceof Duration)
    return inRange(frame, timestampAt(a.ms + sign * b.ms));
  if (sign !== 0 && a instanceof Duration && b instanceof Duration)
    return inRange(frame, durationOf(a.ms + sign * b.ms));
  if (sign === 1 && a instanceof Duration && b instanceof Timestamp) return inRange(frame, timestampAt(a.ms + b.ms));
  if (sign === -1 && a instanceof Timestamp && b instanceof Timestamp) return inRange(frame, durationOf(a.ms - b.ms));
  throw fail(frame, "type-mismatch", `cannot compute ${kindOf(a)} ${operator} ${kindOf(b)}`, mixHelp(operator, a, b));
}

function inRange<T>(frame: Frame, time: T | undefined): T {
  if (time === undefined) throw fail(frame, "time-out-of-range", "the result is outside the years 1 to 9999");
  return time;
}

function mixHelp(operator: Arithmetic, a: Value, b: Value): string | undefined {
  if (a === null || b === null) return "write `coalesce(x, 0)` for a value that may be null";
  if (operator === "+" && (typeof a === "string" || typeof b === "string"))
    return "write `string(x)` to join it to a text";
  return undefined;
}
