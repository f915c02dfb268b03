import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Json, JsonSchema } from "../core/json.js";
import { holds, isPlain } from "./holds/index.js";
import { EDITOR_KEYWORDS } from "./schema/workflow.js";

/** What a value breaks; `path` from the value's top, `schema` the part of the schema that says so. */
export interface SchemaFault {
  readonly keyword: string;
  readonly path: readonly (string | number)[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

const validators = new WeakMap<object, ValidateFunction>();
let shared: Ajv2020 | undefined;

function ajv(): Ajv2020 {
  if (shared !== undefined) return shared;
  // Users write these schemas: what they may contain is said by `schemaProblem`, not by ajv's strict mode.
  shared = new Ajv2020({ allErrors: true, verbose: true, strict: false, addUsedSchema: false, logger: false });
  const add = addFormats as unknown as typeof addFormats.default;
  add(shared);
  shared.addVocabulary(EDITOR_KEYWORDS);
  return shared;
}

/** Why a schema cannot be used, or undefined. */
export function schemaProblem(schema: JsonSchema): string | undefined {
  if (isPlain(schema)) return undefined;
  try {
    compiled(schema);
    return undefined;
  } catch (fault) {
    return (fault as Error).message.replace(/^schema is invalid: /, "").replaceAll("data/", "");
  }
}

/** Where a schema itself breaks the rules of JSON Schema; of several forms of a keyword, the one most likely meant. */
export function schemaFaults(schema: JsonSchema): readonly SchemaFault[] {
  if (isPlain(schema)) return [];
  const check = ajv();
  if (check.validateSchema(schema)) return [];
  const faults = (check.errors ?? []).map((error) => toFault(error, schema));
  const listed = new Set(faults.filter(({ keyword }) => keyword === "enum").map(({ path }) => path.join("\0")));
  return faults.filter(({ keyword, path }) => keyword === "enum" || !listed.has(path.join("\0")));
}

/** Everything `value` breaks of `schema`, which must be usable. Compiled once per schema object. */
export function validate(schema: JsonSchema, value: Json): readonly SchemaFault[] {
  return holds(schema, value) ? [] : ajvFaults(schema, value);
}

/** What ajv says, which has the words for what is wrong. */
export function ajvFaults(schema: JsonSchema, value: Json): readonly SchemaFault[] {
  const check = compiled(schema);
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => toFault(error, value));
}

function compiled(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const check = ajv().compile(schema);
  validators.set(schema, check);
  return check;
}

function toFault(error: ErrorObject, root: Json): SchemaFault {
  return {
    keyword: error.keyword,
    path: steps(error.instancePath, root),
    params: error.params,
    schema: (error.parentSchema ?? {}) as Record<string, unknown>,
    value: error.data,
  };
}

/** Does it hold where every text with an expression in it is taken for what is wanted there? A no is not for certain. */
export function holdsAsWritten(schema: JsonSchema, value: Json): boolean {
  return holds(schema, value, "written");
}

/** A JSON pointer as steps, with indexes of lists as numbers. */
function steps(pointer: string, root: Json): (string | number)[] {
  if (pointer === "") return [];
  let here: Json | undefined = root;
  return pointer
    .slice(1)
    .split("/")
    .map((part) => {
      const word = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(here) ? Number(word) : word;
      here = (here as Record<string | number, Json> | undefined)?.[step];
      return step;
    });
}
