import type { Frame } from "../frame.js";
import {
  ANY_LIST,
  ANY_OBJECT,
  BOOLEAN,
  DECIMAL,
  DURATION,
  DYNAMIC,
  NUMBER,
  STRING,
  TIMESTAMP,
  type Type,
  unionOf,
} from "../type.js";
import { type Kind, kindOf, type Value } from "../value.js";

export interface Param {
  readonly name: string;
  readonly type: Type;
  /** Kinds it takes; undefined: any. */
  readonly kinds: ReadonlySet<Kind> | undefined;
}

/** One way to call a function. Methods are the same with the target as first argument. */
export interface Overload {
  readonly params: readonly Param[];
  /** How many must be given; the rest may be left out. */
  readonly required: number;
  readonly result: (args: readonly Type[]) => Type;
  readonly run: Runner;
}

/** Arguments have been checked against `params`; those left out are undefined. */
export type Runner = (frame: Frame, ...args: readonly Value[]) => Value;

/** A table's row, so that each function says its own argument types. */
type Implementation = (frame: Frame, ...args: never[]) => Value;

export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

const WORDS: ReadonlyMap<string, Type> = new Map([
  ["any", DYNAMIC],
  ["boolean", BOOLEAN],
  ["number", NUMBER],
  ["string", STRING],
  ["timestamp", TIMESTAMP],
  ["duration", DURATION],
  ["decimal", DECIMAL],
  ["list", ANY_LIST],
  ["object", ANY_OBJECT],
  ["optional", { kind: "optional", of: DYNAMIC }],
]);

/** `params` as `text: string, from?: number`; types may be joined by `|`. */
export function overload(
  params: string,
  result: Type | ((args: readonly Type[]) => Type),
  run: Implementation,
): Overload {
  const list = params === "" ? [] : params.split(", ").map(readParam);
  const required = params === "" ? 0 : params.split(", ").filter((param) => !param.includes("?:")).length;
  const resultOf = typeof result === "function" ? result : () => result;
  return { params: list, required, result: resultOf, run: run as unknown as Runner };
}

function readParam(text: string): Param {
  const [name, words] = text.split(/\??: /) as [string, string];
  const types = words.split("|").map((word) => WORDS.get(word)!);
  const kinds = types.includes(DYNAMIC) ? undefined : new Set(words.split("|") as Kind[]);
  return { name, type: unionOf(types), kinds };
}

export function takes(param: Param, value: Value): boolean {
  return param.kinds === undefined || param.kinds.has(kindOf(value));
}

/** `substring(text, from, to?)`. */
export function usage(name: string, { params, required }: Overload): string {
  return `${name}(${params.map((param, i) => (i < required ? param.name : `${param.name}?`)).join(", ")})`;
}
