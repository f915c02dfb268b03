import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import { hasTemplate } from "../templates.js";

/**
 * `exact`: the value is what it is. `written`: a text with an expression holds. `strict`: such a text leaves it open,
 * because a choice between schemas hangs on it.
 */
export type Mode = "exact" | "written" | "strict";

export type Check = (value: Json, mode: Mode) => boolean;

/** Thrown by a check that cannot say; by the compiler where a schema is not plain. */
export class Unsure extends Error {}

const UNSURE = new Unsure("not for this to say");

export function unsure(): never {
  throw UNSURE;
}

/** For the value of a keyword that must be of some form. */
export function need<T>(is: boolean, value: T): T {
  return is ? value : unsure();
}

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: isObject,
};

/** Keywords that say nothing of a value, and what theirs must be. */
export const REMARKS: Readonly<Record<string, (value: Json) => boolean>> = {
  $schema: (value) => value === "https://json-schema.org/draft/2020-12/schema",
  $comment: isText,
  title: isText,
  description: isText,
  default: () => true,
  examples: (value) => Array.isArray(value),
  deprecated: isBoolean,
  readOnly: isBoolean,
  writeOnly: isBoolean,
  // The language's own, and what editors read: ajv passes over them.
  optional: () => true,
  merge: () => true,
  defaultSnippets: () => true,
  enumDescriptions: () => true,
  markdownDescription: () => true,
  patternErrorMessage: () => true,
  doNotSuggest: () => true,
};

type Leaf = (given: Json) => (value: Json) => boolean;

/** Keywords that look at one value and not into it. */
export const LEAVES: Readonly<Record<string, Leaf>> = {
  type(given) {
    const names = (Array.isArray(given) ? given : [given]) as readonly Json[];
    need(names.length > 0 && new Set(names).size === names.length, names);
    const tests = names.map((name) =>
      typeof name === "string" && Object.hasOwn(TYPES, name) ? TYPES[name]! : unsure(),
    );
    const [only] = tests;
    return tests.length === 1 ? only! : (value) => tests.some((test) => test(value));
  },
  const: (given) => {
    need(!isStructure(given), given);
    return (value) => value === given;
  },
  enum(given) {
    if (!Array.isArray(given) || given.length === 0 || given.some(isStructure)) return unsure();
    const allowed = new Set<Json>(given as Json[]);
    need(allowed.size === given.length, given);
    return (value) => allowed.has(value);
  },
  pattern(given) {
    const pattern = regex(given);
    return (value) => typeof value !== "string" || pattern.test(value);
  },
  // What formats mean is ajv's to say.
  format(given) {
    need(isText(given), given);
    return (value) => typeof value !== "string" || unsure();
  },
  minLength: bound((value) => (typeof value === "string" ? characters(value) : undefined), atLeast),
  maxLength: bound((value) => (typeof value === "string" ? characters(value) : undefined), atMost),
  minItems: bound((value) => (Array.isArray(value) ? value.length : undefined), atLeast),
  maxItems: bound((value) => (Array.isArray(value) ? value.length : undefined), atMost),
  minProperties: bound((value) => (isObject(value) ? Object.keys(value).length : undefined), atLeast),
  maxProperties: bound((value) => (isObject(value) ? Object.keys(value).length : undefined), atMost),
  minimum: limit(atLeast),
  maximum: limit(atMost),
  exclusiveMinimum: limit((value, given) => value > given),
  exclusiveMaximum: limit((value, given) => value < given),
  required(given) {
    const names = texts(given);
    return (value) => !isObject(value) || names.every((name) => value[name] !== undefined);
  },
  uniqueItems(given) {
    if (given === false) return () => true;
    need(given === true, given);
    return (value) => {
      if (!Array.isArray(value) || value.length < 2) return true;
      return value.some(isStructure) ? unsure() : new Set(value as Json[]).size === value.length;
    };
  },
};

/** A text whose meaning an expression decides. */
export function isOpen(value: Json): boolean {
  return typeof value === "string" && hasTemplate(value);
}

export function regex(given: Json | undefined): RegExp {
  try {
    return new RegExp(need(isText(given), given) as string, "u");
  } catch {
    return unsure();
  }
}

/** Distinct texts, as `required` lists them. */
export function texts(given: Json): readonly string[] {
  if (!Array.isArray(given) || !given.every(isText)) return unsure();
  return need(new Set(given).size === given.length, given as string[]);
}

export function schemaMap(given: Json): readonly (readonly [string, JsonSchema])[] {
  if (!isObject(given)) return unsure();
  return Object.entries(given).map(([name, inner]) => [name, isObject(inner) ? inner : unsure()] as const);
}

export function isStructure(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}

type Compare = (value: number, given: number) => boolean;

function limit(compare: Compare): Leaf {
  return (given) => {
    if (typeof given !== "number") return unsure();
    return (value) => typeof value !== "number" || compare(value, given);
  };
}

function bound(measure: (value: Json) => number | undefined, compare: Compare): Leaf {
  return (given) => {
    if (!Number.isInteger(given) || (given as number) < 0) return unsure();
    return (value) => {
      const size = measure(value);
      return size === undefined || compare(size, given as number);
    };
  };
}

function atLeast(value: number, given: number): boolean {
  return value >= given;
}

function atMost(value: number, given: number): boolean {
  return value <= given;
}

/** Code points, which JSON Schema counts. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isBoolean(value: Json): boolean {
  return typeof value === "boolean";
}
