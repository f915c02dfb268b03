/**
 * Arithmetic on numbers as people write them: 0.1 + 0.2 is 0.3. A double stands for the shortest decimal that
 * prints as it; the operation is done on those decimals, exactly, and the result rounded once.
 */

/** `mantissa × 10^exponent`. */
interface Parts {
  readonly mantissa: bigint;
  readonly exponent: number;
}

export function add(a: number, b: number): number {
  const sum = a + b;
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return sum;
  const x = split(a);
  const y = split(b);
  const exponent = Math.min(x.exponent, y.exponent);
  // So far apart that the smaller cannot change a digit of the larger.
  if (Math.abs(x.exponent - y.exponent) > 60) return sum;
  return join(scaled(x, exponent) + scaled(y, exponent), exponent);
}

export function subtract(a: number, b: number): number {
  return add(a, -b);
}

export function multiply(a: number, b: number): number {
  const product = a * b;
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return product + 0;
  const x = split(a);
  const y = split(b);
  return join(x.mantissa * y.mantissa, x.exponent + y.exponent);
}

/** Real division. The caller has refused a zero divisor. */
export function divide(a: number, b: number): number {
  const quotient = a / b;
  // Adding zero turns minus zero into zero.
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return quotient + 0;
  const [x, y] = aligned(a, b) ?? [a, b];
  return x / y + 0;
}

/** The rest with the sign of the dividend, as in CEL. The caller has refused a zero divisor. */
export function remainder(a: number, b: number): number {
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return (a % b) + 0;
  const x = split(a);
  const y = split(b);
  if (Math.abs(x.exponent - y.exponent) > 60) return a % b;
  const exponent = Math.min(x.exponent, y.exponent);
  return join(scaled(x, exponent) % scaled(y, exponent), exponent);
}

/** Halves go away from zero: 2.675 to two digits is 2.68. Negative `digits` round to tens, hundreds and so on. */
export function round(value: number, digits: number): number {
  const { mantissa, exponent } = split(value);
  const drop = -exponent - digits;
  if (drop <= 0) return value;
  const unit = 10n ** BigInt(drop);
  const half = mantissa < 0n ? -unit / 2n : unit / 2n;
  return join((mantissa + half) / unit, -digits);
}

/** The exact decimal a finite number prints as. */
export function split(value: number): Parts {
  if (Number.isSafeInteger(value)) return { mantissa: BigInt(value), exponent: 0 };
  const [digits, power] = String(value).split("e") as [string, string?];
  const point = digits.indexOf(".");
  const exponent = power === undefined ? 0 : Number(power);
  if (point < 0) return { mantissa: BigInt(digits), exponent };
  const mantissa = BigInt(digits.slice(0, point) + digits.slice(point + 1));
  return { mantissa, exponent: exponent - (digits.length - point - 1) };
}

function join(mantissa: bigint, exponent: number): number {
  return mantissa === 0n ? 0 : Number(`${mantissa}e${exponent}`);
}

function scaled(parts: Parts, exponent: number): bigint {
  return parts.mantissa * 10n ** BigInt(parts.exponent - exponent);
}

/** Both times the same power of ten, as whole numbers; undefined when a double cannot hold them. */
function aligned(a: number, b: number): [number, number] | undefined {
  const x = split(a);
  const y = split(b);
  if (Math.abs(x.exponent - y.exponent) > 20) return undefined;
  const exponent = Math.min(x.exponent, y.exponent);
  const pair: [number, number] = [Number(scaled(x, exponent)), Number(scaled(y, exponent))];
  return pair.every(Number.isSafeInteger) ? pair : undefined;
}
