import { decimalOf, decimalToNumber, floorDecimal, parseDecimal, roundDecimal } from "../compute/decimal.js";
import { scalarText } from "../compute/json.js";
import { round } from "../compute/number.js";
import { type Frame, fail } from "../frame.js";
import { EXPRESSION_LIMITS } from "../limits.js";
import { BOOLEAN, DECIMAL, NUMBER, STRING, type Type } from "../type.js";
import { Decimal, Duration, kindOf, Timestamp, type Value } from "../value.js";
import { type FunctionTable, overload } from "./signature.js";

const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TRUE = new Set(["true", "True", "TRUE", "t", "1"]);
const FALSE = new Set(["false", "False", "FALSE", "f", "0"]);

const same = ([type]: readonly Type[]) => type!;

function rounded(frame: Frame, value: number | Decimal, digits = 0): Value {
  if (!Number.isInteger(digits) || Math.abs(digits) > 100)
    throw fail(frame, "out-of-range", "round() to -100…100 digits");
  if (typeof value === "number") return round(value, digits);
  return within(frame, roundDecimal(value, digits));
}

function floor(_: Frame, value: number | Decimal): Value {
  return typeof value === "number" ? Math.floor(value) + 0 : floorDecimal(value);
}

function ceil(_: Frame, value: number | Decimal): Value {
  if (typeof value === "number") return Math.ceil(value) + 0;
  const { mantissa } = floorDecimal(new Decimal(-value.mantissa, value.scale));
  return new Decimal(-mantissa, 0);
}

function abs(_: Frame, value: number | Decimal): Value {
  if (typeof value === "number") return Math.abs(value);
  return value.mantissa < 0n ? new Decimal(-value.mantissa, value.scale) : value;
}

function toNumber(frame: Frame, value: Value): number {
  if (typeof value === "number") return value;
  if (value instanceof Decimal) return finite(frame, decimalToNumber(value));
  const text = (value as string).trim();
  if (!NUMERAL.test(text)) throw fail(frame, "bad-value", `"${short(text)}" is not a number`);
  return finite(frame, Number(text));
}

/** Without what stands after the point. Of a timestamp: seconds since 1970. */
function toInt(frame: Frame, value: Value): number {
  if (value instanceof Timestamp) return Math.floor(value.ms / 1_000);
  if (value instanceof Duration) return Math.trunc(value.ms / 1_000) + 0;
  if (typeof value === "string" && !/^[+-]?\d+$/.test(value)) {
    throw fail(frame, "bad-value", `"${short(value)}" is not a whole number`);
  }
  return Math.trunc(toNumber(frame, value)) + 0;
}

function toDecimal(frame: Frame, value: Value): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === "number") return decimalOf(value);
  const decimal = parseDecimal(value as string);
  if (decimal === undefined) throw fail(frame, "bad-value", `"${short(value as string)}" is not a decimal`);
  return decimal;
}

function toBoolean(frame: Frame, value: boolean | string): boolean {
  if (typeof value === "boolean") return value;
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw fail(frame, "bad-value", `"${short(value)}" is neither true nor false`);
}

function toText(_: Frame, value: Value): string {
  return scalarText(value)!;
}

function within(frame: Frame, value: Decimal | undefined): Decimal {
  if (value === undefined) throw fail(frame, "number-too-large", `more than ${EXPRESSION_LIMITS.digits} digits`);
  return value;
}

function finite(frame: Frame, value: number): number {
  if (!Number.isFinite(value)) throw fail(frame, "number-too-large", "more than a number can hold");
  return value === 0 ? 0 : value;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export const NUMBER_FUNCTIONS: FunctionTable = new Map([
  ["round", [overload("value: number|decimal, digits?: number", same, rounded)]],
  ["floor", [overload("value: number|decimal", same, floor)]],
  ["ceil", [overload("value: number|decimal", same, ceil)]],
  ["abs", [overload("value: number|decimal", same, abs)]],
  ["double", [overload("value: number|string|decimal", NUMBER, toNumber)]],
  ["number", [overload("value: number|string|decimal", NUMBER, toNumber)]],
  ["int", [overload("value: number|string|decimal|timestamp|duration", NUMBER, toInt)]],
  ["decimal", [overload("value: number|string|decimal", DECIMAL, toDecimal)]],
  ["bool", [overload("value: boolean|string", BOOLEAN, toBoolean)]],
  ["string", [overload("value: boolean|number|string|decimal|timestamp|duration", STRING, toText)]],
  ["type", [overload("value: any", STRING, (_: Frame, value: Value) => kindOf(value))]],
  ["dyn", [overload("value: any", { kind: "dynamic" }, (_: Frame, value: Value) => value)]],
]);
