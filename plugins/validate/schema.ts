import { Ajv2020 as Ajv, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Json, type JsonObject, StageError } from "stagecraft/plugin";

/** One way a value breaks its schema; `path` is a JSON Pointer into the value, empty for the value itself. */
export interface Fault extends JsonObject {
  readonly path: string;
  readonly message: string;
}

const COMPILED_LIMIT = 100;
const compiled = new Map<string, (value: Json) => readonly Fault[]>();

/** All faults of a value. Built once for each schema. @throws StageError `validate-schema` */
export function validatorOf(schema: JsonObject): (value: Json) => readonly Fault[] {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  let fresh: (value: Json) => readonly Fault[];
  try {
    fresh = compile(inlined(schema));
  } catch (error) {
    throw new StageError("validate-schema", `the schema cannot be used: ${(error as Error).message}`);
  }
  // Oldest out: a stage over a thousand items asks with the same schema each time.
  if (compiled.size >= COMPILED_LIMIT) compiled.delete(compiled.keys().next().value as string);
  compiled.set(key, fresh);
  return fresh;
}

function compile(schema: JsonObject): (value: Json) => readonly Fault[] {
  const ajv = new Ajv({ strict: false, logger: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => ({ path: error.instancePath, message: explain(error) }));
  };
}

/** The validator's words, with the name or the values they leave out. */
function explain({ keyword, message = "is not valid", params }: ErrorObject): string {
  if (keyword === "additionalProperties") return `has the unknown field ${params.additionalProperty}`;
  if (keyword === "enum") return `must be one of ${(params.allowedValues as Json[]).map(String).join(", ")}`;
  return message;
}

/** `{ file, text }` is a schema file as reading leaves it. */
function inlined(schema: JsonObject): JsonObject {
  if (typeof schema.file !== "string") return schema;
  if (typeof schema.text !== "string") throw new Error(`${schema.file} was not read`);
  return JSON.parse(schema.text) as JsonObject;
}
