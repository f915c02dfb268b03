import type { Json } from "../json.js";

/**
 * What an expression computes with: JSON, timestamps, durations and decimals, optionals, and lazy objects the engine
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
  | Optional
  | Lazy
  | readonly Value[]
  | ValueMap;

export interface ValueMap {
  readonly [key: string]: Value;
}

/** What is an object to JavaScript but no JSON object: its own properties are not fields. */
abstract class Special {}

/** Milliseconds since the epoch. */
export class Timestamp extends Special {
  constructor(readonly ms: number) {
    super();
  }
}

/** Milliseconds. */
export class Duration extends Special {
  constructor(readonly ms: number) {
    super();
  }
}

/** `mantissa × 10^-scale`, exact. */
export class Decimal extends Special {
  constructor(
    readonly mantissa: bigint,
    readonly scale: number,
  ) {
    super();
  }
}

/** What `a.?b` gives: a value, or none. At the end of an expression it is the value, or null. */
export class Optional extends Special {
  constructor(readonly value: Value | undefined) {
    super();
  }
}

/** An object whose fields are found when asked for, such as `stages`: building it would cost the whole graph. */
export abstract class Lazy extends Special {
  /** Undefined: there is no such field. */
  abstract get(key: string): Value | undefined;
  abstract keys(): readonly string[];
}

/** Top-level names of one evaluation. Undefined: no such name. */
export type Names = (name: string) => Value | undefined;

export type AnyMap = ValueMap | Lazy;

/** True for JSON objects and lazy ones; a timestamp, a list or null has no fields. */
export function isMap(value: Value): value is AnyMap {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Special ? value instanceof Lazy : !Array.isArray(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Own fields only. Undefined: there is no such field. */
export function fieldOf(map: AnyMap, key: string): Value | undefined {
  if (map instanceof Lazy) return map.get(key);
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function keysOf(map: AnyMap): readonly string[] {
  return map instanceof Lazy ? map.keys() : Object.keys(map);
}

export type Kind =
  | "null"
  | "boolean"
  | "number"
  | "string"
  | "timestamp"
  | "duration"
  | "decimal"
  | "optional"
  | "list"
  | "object";

/** The word for a value's type, as `type(x)` gives it and messages show it. */
export function kindOf(value: Value): Kind {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value as "boolean" | "number" | "string";
  if (Array.isArray(value)) return "list";
  if (value instanceof Timestamp) return "timestamp";
  if (value instanceof Duration) return "duration";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof Optional) return "optional";
  return "object";
}

export type { Json };
