/** What a stage is told of where it runs, and what it says there. */
import type { JsonObject } from "../core/json.js";

export interface RunInfo {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  /** Path of the stage within the run. */
  readonly stage: string;
}

/** `cost` of the tokens of a group, of which at most `limit` are taken in any `per` milliseconds. */
export interface Rate {
  readonly group: string;
  readonly limit: number;
  readonly per: number;
  readonly cost: number;
}

export interface Logger {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** Which try of a stage this is, and what goes with it. */
export interface AttemptInfo {
  /** From 1. */
  readonly attempt: number;
  /** The same for every attempt of this stage instance. */
  readonly idempotencyKey: string;
  readonly log: Logger;
  /** `--provider`, when the person gave one. */
  readonly provider?: string | undefined;
  /** What to send along as the header `traceparent`, where somebody traces what goes on. */
  readonly traceparent?: string | undefined;
}

/** A part of a stage's input, as a path below `with`, and all it is compared with: between two of them nothing changes. */
export interface Cut {
  readonly path: readonly string[];
  readonly values: readonly (null | boolean | number | string)[];
}
