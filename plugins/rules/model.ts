import type { CompiledTemplate, Expression, Json, JsonSchema } from "stagecraft/plugin";
import type { Cell } from "./cell.js";
import type { Test } from "./cellTest.js";
import type { Kind, Scalar } from "./scalar.js";

export const HIT_POLICIES = ["unique", "first", "priority", "any", "collect", "ruleOrder", "outputOrder"] as const;
export type HitPolicy = (typeof HIT_POLICIES)[number];

export const AGGREGATES = ["sum", "min", "max", "count"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Column names that mean something else in a row. */
export const RESERVED = ["when", "note"] as const;

/** A ruleset made ready: read and compiled once, then asked many times. */
export interface Table {
  readonly hit: HitPolicy;
  readonly aggregate?: Aggregate;
  readonly inputs: readonly InputColumn[];
  readonly outputs: readonly OutputColumn[];
  readonly rows: readonly Row[];
  /** What the table says when no row matches. */
  readonly fallback?: Answer;
}

export interface InputColumn {
  readonly name: string;
  readonly expression: Expression;
  readonly kind: Kind;
  readonly domain: Domain;
}

/** What a column may hold, as far as its schema says. */
export interface Domain {
  readonly values?: readonly Scalar[];
  readonly integer: boolean;
  /** Undefined: no schema says. */
  readonly nullable: boolean | undefined;
  /** Where its minimum and maximum lie. */
  readonly bounds: readonly number[];
  /** True where the value is within the schema's bounds; a column's analysis looks no further. */
  readonly within: (value: Scalar) => boolean;
}

export interface OutputColumn {
  readonly name: string;
  readonly schema: JsonSchema;
  /** Allowed values, the most important first; only when `outputs` lists them. */
  readonly priority?: readonly Json[];
  /** Why the column cannot hold this value; undefined when it can. */
  readonly refuse: (value: Json) => string | undefined;
}

export interface Row {
  /** From 1. */
  readonly number: number;
  readonly note?: string;
  /** In the order of the table's inputs. */
  readonly cells: readonly Cell<Scalar>[];
  readonly tests: readonly Test[];
  readonly when?: Expression;
  readonly answer: Answer;
}

/** The output columns of a row or of the default. */
export type Answer = CompiledTemplate;
