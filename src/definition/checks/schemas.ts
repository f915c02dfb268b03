import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import { below } from "../below.js";
import type { Path } from "../findings.js";
import { entriesOf } from "../model.js";
import { schemaProblems } from "../schema-problems.js";
import { wordFaults } from "../schema-words.js";
import { validate } from "../validator.js";
import type { CheckContext } from "./context.js";

/** The JSON Schemas a definition contains: that each is one, and that a default obeys its own. */
export function checkSchemas(context: CheckContext): void {
  const { raw, model, registry } = context;
  for (const [name, schema] of entriesOf(raw["inputs"])) checkField(context, schema, ["inputs", name], ["optional"]);
  for (const [name, schema] of entriesOf(raw["state"])) checkField(context, schema, ["state", name], ["merge"]);
  for (const { type, info, path } of model.stages) {
    if (type !== undefined) checkMarked(context, type.input, info.with, [...path, "with"]);
  }
  for (const { definitions } of registry.plugins) {
    for (const section of ["agents", "rulesets"] as const) {
      for (const [name, body] of Object.entries(model[section])) {
        checkMarked(context, definitions?.[section], body, [section, name]);
      }
    }
  }
}

/** Values that are schemas themselves, as the schema of what holds them says. */
function checkMarked(context: CheckContext, schema: JsonSchema | undefined, value: Json, path: Path): void {
  if (schema === undefined || !hasMarks(schema)) return;
  if (schema[MARK] === true) {
    // With an expression in it, it is known at run time only; one that was to come from a file is not here.
    const isKnown = isObject(value) && !JSON.stringify(value).includes("${{") && !context.findings.hasErrorAt(path);
    if (isKnown) checkSchema(context, value, path, []);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkMarked(context, below(schema, index), item, [...path, index]);
  } else {
    for (const [key, item] of entriesOf(value)) checkMarked(context, below(schema, key), item, [...path, key]);
  }
}

/** Beside a field's own schema: what stands in the field is a JSON Schema. */
const MARK = "x-schema";

const marks = new WeakMap<JsonSchema, boolean>();

/** Somewhere in the schema a field is marked: most inputs hold none, and their values need no look. */
function hasMarks(schema: JsonSchema): boolean {
  const known = marks.get(schema);
  if (known !== undefined) return known;
  const inner = [
    schema["items"],
    schema["additionalProperties"],
    ...entriesOf(schema["properties"]).map(([, it]) => it),
  ];
  const found = schema[MARK] === true || inner.some((part) => isObject(part) && hasMarks(part));
  marks.set(schema, found);
  return found;
}

/** A field of the inputs or the state; `ours`: keys that say something of the field beside its schema. */
function checkField(context: CheckContext, schema: Json, path: Path, ours: readonly string[]): void {
  const { findings } = context;
  if (!isObject(schema) || findings.hasErrorAt(path) || !checkSchema(context, schema, path, ours)) return;
  if (schema["default"] === undefined) return;
  for (const { message, help } of wordFaults(validate(schema, schema["default"]))) {
    findings.error(
      "invalid-default",
      { path: [...path, "default"] },
      `the default breaks its own schema: ${message}`,
      help,
    );
  }
}

/** True: values can be held against it. */
function checkSchema({ findings }: CheckContext, schema: JsonObject, path: Path, ours: readonly string[]): boolean {
  const problems = schemaProblems(schema, ours);
  for (const { path: inner, atKey, message, help } of problems) {
    const place = { path: [...path, ...inner], part: atKey ? ("key" as const) : ("value" as const) };
    findings.error("invalid-schema", place, message, help);
  }
  return problems.length === 0;
}
