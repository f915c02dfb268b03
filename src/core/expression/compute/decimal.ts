import { EXPRESSION_LIMITS } from "../limits.js";
import { Decimal } from "../value.js";
import { split } from "./number.js";

/** Digits after the point that a division keeps when it does not come out even. */
export const DIVISION_DIGITS = 20;

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** `-12.50` as a decimal that keeps its two places; undefined when the text is none, or has too many digits. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > EXPRESSION_LIMITS.digits) return undefined;
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole, fraction = "", power = "0"] = match;
  const digits = BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`);
  return fromParts(digits, Number(power) - fraction.length);
}

/** The decimal a number prints as. */
export function decimalOf(value: number): Decimal {
  const { mantissa, exponent } = split(value);
  return fromParts(mantissa, exponent)!;
}

export function formatDecimal({ mantissa, scale }: Decimal): string {
  if (scale === 0) return String(mantissa);
  const digits = String(mantissa < 0n ? -mantissa : mantissa).padStart(scale + 1, "0");
  return `${mantissa < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = aligned(a, b);
  return limited(x + y, scale);
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = aligned(a, b);
  return limited(x - y, scale);
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  return limited(a.mantissa * b.mantissa, a.scale + b.scale);
}

/** To 20 digits after the point, halves away from zero; trailing zeros beyond the operands' own places are dropped. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y] = aligned(a, b);
  const quotient = divideRounded(x * 10n ** BigInt(DIVISION_DIGITS), y);
  return limited(...trimmed(quotient, DIVISION_DIGITS, Math.max(a.scale, b.scale)));
}

export function remainderDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = aligned(a, b);
  return limited(x % y, scale);
}

/** Halves away from zero. Negative `digits` round to tens, hundreds and so on. */
export function roundDecimal(value: Decimal, digits: number): Decimal | undefined {
  if (value.scale <= digits) return value;
  const kept = divideRounded(value.mantissa, 10n ** BigInt(value.scale - digits));
  return digits >= 0 ? limited(kept, digits) : limited(kept * 10n ** BigInt(-digits), 0);
}

/** Towards minus infinity. */
export function floorDecimal(value: Decimal): Decimal {
  const unit = 10n ** BigInt(value.scale);
  const whole = value.mantissa / unit;
  return new Decimal(value.mantissa % unit < 0n ? whole - 1n : whole, 0);
}

/** The nearest double. */
export function decimalToNumber(value: Decimal): number {
  return Number(formatDecimal(value));
}

function fromParts(mantissa: bigint, exponent: number): Decimal | undefined {
  if (Math.abs(exponent) > EXPRESSION_LIMITS.digits) return undefined;
  return exponent > 0 ? limited(mantissa * 10n ** BigInt(exponent), 0) : limited(mantissa, -exponent);
}

/** Undefined when it has more digits than a decimal may have. */
function limited(mantissa: bigint, scale: number): Decimal | undefined {
  const most = EXPRESSION_LIMITS.digits;
  if (scale > most || (mantissa < 0n ? -mantissa : mantissa) >= TOO_LARGE) return undefined;
  return new Decimal(mantissa, scale);
}

const TOO_LARGE = 10n ** BigInt(EXPRESSION_LIMITS.digits);

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.mantissa, b.mantissa, a.scale];
  const scale = Math.max(a.scale, b.scale);
  return [a.mantissa * 10n ** BigInt(scale - a.scale), b.mantissa * 10n ** BigInt(scale - b.scale), scale];
}

function divideRounded(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const x = a < 0n ? -a : a;
  const y = b < 0n ? -b : b;
  const quotient = (2n * x + y) / (2n * y);
  return negative ? -quotient : quotient;
}

function trimmed(mantissa: bigint, scale: number, least: number): [bigint, number] {
  let digits = mantissa;
  let places = scale;
  while (places > least && digits % 10n === 0n) {
    digits /= 10n;
    places--;
  }
  return [digits, places];
}
