import type { Json } from "../json.js";

/**
 * What an expression computes with: JSON, timestamps, durations and decimals, and lazy objects the engine
 * passes in. `toJson` turns a result back into JSON (timestamps as RFC 3339, durations and decimals as text).
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Timestamp
  | Duration
  | Decimal
  | Lazy
  | readonly Value[]
  | ValueMap;

export interface ValueMap {
  readonly [key: string]: Value;
}

/** Milliseconds since the epoch. */
export class Timestamp {
  constructor(readonly ms: number) {}
}

/** Milliseconds. */
export class Duration {
  constructor(readonly ms: number) {}
}

/** `mantissa × 10^-scale`, exact. */
export class Decimal {
  constructor(
    readonly mantissa: bigint,
    readonly scale: number,
  ) {}
}

/** An object whose fields are found when asked for, such as `stages`: building it would cost the whole graph. */
export abstract class Lazy {
  /** Undefined: there is no such field. */
  abstract get(key: string): Value | undefined;
  abstract keys(): readonly string[];
}

/** Top-level names of one evaluation. Undefined: no such name. */
export type Names = (name: string) => Value | undefined;

export type { Json };
