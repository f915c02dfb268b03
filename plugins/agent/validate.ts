import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Json, JsonSchema } from "stagecraft/plugin";

const compiled = new WeakMap<JsonSchema, ValidateFunction>();
const MAX_ERRORS = 10;

/** What is wrong with a value, one line a fault; empty when it fits. @throws Error when the schema itself is broken */
export function faultsOf(schema: JsonSchema, value: Json): readonly string[] {
  const validate = validator(schema);
  return validate(value) ? [] : (validate.errors ?? []).slice(0, MAX_ERRORS).map(describe);
}

/** Why a schema cannot be used, or undefined. */
export function schemaFault(schema: JsonSchema): string | undefined {
  try {
    validator(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function validator(schema: JsonSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  // One instance a schema: two schemas may carry the same $id.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

function describe({ instancePath, keyword, message, params }: ErrorObject): string {
  const place = instancePath === "" ? "the answer" : instancePath;
  if (keyword === "additionalProperties") return `${place} must not have ${params["additionalProperty"]}`;
  if (keyword === "enum") return `${place} must be one of ${JSON.stringify(params["allowedValues"])}`;
  if (keyword === "const") return `${place} must be ${JSON.stringify(params["allowedValue"])}`;
  return `${place} ${message}`;
}
