import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import { validate } from "../validator.js";

/** An optional field that is not there. */
export const ABSENT: unique symbol = Symbol("absent");

/** What a field or an expression may come to. */
export type Datum = Json | typeof ABSENT;

/** One of the parts into which the constants compared with cut what a field may be: all of it compares alike. */
export interface Cell {
  /** Stands for the whole of it. */
  readonly value: Datum;
  /** `inputs.amount = 300000`, after the field's name. */
  readonly label: string;
}

type Scalar = null | boolean | number | string;

/** The cells of a field of this schema, or undefined for one that cannot be cut up. */
export function cellsOf(schema: JsonSchema, constants: readonly Scalar[], mayBeAbsent: boolean): Cell[] | undefined {
  const cells = presentCells(schema, constants);
  return cells && (mayBeAbsent ? [...cells, { value: ABSENT, label: "absent" }] : cells);
}

function presentCells(schema: JsonSchema, constants: readonly Scalar[]): Cell[] | undefined {
  const { enum: allowed, const: only, type } = schema;
  if (only !== undefined) return [point(only)];
  if (Array.isArray(allowed)) return allowed.map(point).filter(({ value }) => fits(schema, value as Json));
  const types = Array.isArray(type) ? type : [type];
  const cells = types.map((name) => cellsOfType(String(name), schema, constants));
  return cells.some((some) => some === undefined) ? undefined : (cells.flat() as Cell[]);
}

function cellsOfType(type: string, schema: JsonObject, constants: readonly Scalar[]): Cell[] | undefined {
  switch (type) {
    case "null":
      return [point(null)];
    case "boolean":
      return [point(true), point(false)];
    case "string": {
      const texts = constants.filter((value) => typeof value === "string");
      return [...texts.map(point).filter(({ value }) => fits(schema, value as Json)), other(texts)];
    }
    case "number":
    case "integer":
      return numbers(schema, constants, type === "integer");
    default:
      return undefined;
  }
}

function point(value: Json): Cell {
  return { value, label: `= ${JSON.stringify(value)}` };
}

function other(texts: readonly string[]): Cell {
  let value = "something else";
  while (texts.includes(value)) value += "!";
  const label =
    texts.length === 0 ? "is any text" : `is neither ${texts.map((text) => JSON.stringify(text)).join(" nor ")}`;
  return { value, label: texts.length === 1 ? label.replace("neither", "not") : label };
}

function numbers(schema: JsonObject, constants: readonly Scalar[], isInteger: boolean): Cell[] {
  const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((key) => schema[key]);
  const all = [...constants, ...bounds].filter((value) => typeof value === "number");
  const cuts = [...new Set(all)].sort((a, b) => a - b);
  const points = cuts.map(point).filter(({ value }) => fits(schema, value as Json));
  const gaps = [undefined, ...cuts].map((low, index) => between(low, cuts[index]));
  const within = gaps.filter((value) => isWithin(schema, value) && (!isInteger || Number.isInteger(value)));
  return [...points, ...within.map(point)].sort((a, b) => (a.value as number) - (b.value as number));
}

/** A number in the open interval, a whole one where there is any; round ones read better. */
export function between(low: number | undefined, high: number | undefined): number {
  if (low === undefined && high === undefined) return 1;
  if (low === undefined)
    return inOrder(
      undefined,
      [Math.round((high as number) - Math.abs(high as number) / 5), (high as number) - 1],
      high,
    );
  if (high === undefined) return inOrder(low, [Math.round(low + Math.abs(low) / 5), low + 1], undefined);
  const middle = low + (high - low) / 2;
  return inOrder(low, [Math.round(middle), Math.floor(low) + 1, middle], high);
}

function inOrder(low = Number.NEGATIVE_INFINITY, wanted: readonly number[], high = Number.POSITIVE_INFINITY): number {
  return wanted.find((value) => low < value && value < high) ?? (wanted.at(-1) as number);
}

/** Only what makes a whole interval impossible counts; of anything else, some number of it may pass. */
function isWithin({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject, value: number): boolean {
  const above = (bound: Json | undefined) => typeof bound !== "number" || value > bound;
  const below = (bound: Json | undefined) => typeof bound !== "number" || value < bound;
  return above(minimum) && above(exclusiveMinimum) && below(maximum) && below(exclusiveMaximum);
}

function fits(schema: JsonSchema, value: Json): boolean {
  try {
    return validate(schema, value).length === 0;
  } catch {
    return true;
  }
}

/** Every kind of value that comparing with these could tell apart, for something of which nothing else is known. */
export function anythingBeside(values: readonly Scalar[]): Datum[] {
  const numeric = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const gaps = numeric.length === 0 ? [] : [undefined, ...numeric].map((low, index) => between(low, numeric[index]));
  const texts = values.filter((value) => typeof value === "string");
  const booleans = values.some((value) => typeof value === "boolean") ? [true, false] : [];
  const all = new Set<Datum>([...values, ...gaps, ...booleans]);
  if (texts.length > 0) all.add(other(texts).value);
  return [...all.add(null)];
}

/** The part of a schema a path leads to, and whether something along it may be missing. */
export function schemaAt(
  schema: JsonSchema,
  path: readonly (string | number | null)[],
): { readonly schema: JsonSchema; readonly mayBeAbsent: boolean } | undefined {
  let at = schema;
  let mayBeAbsent = false;
  for (const step of path) {
    const { properties, required } = at;
    if (typeof step !== "string" || !isObject(properties) || !Object.hasOwn(properties, step)) return undefined;
    mayBeAbsent ||= !(Array.isArray(required) && required.includes(step));
    const next = properties[step];
    if (!isObject(next)) return undefined;
    at = next;
  }
  return { schema: at, mayBeAbsent };
}
