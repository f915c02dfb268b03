import { parse } from "yaml";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import type { StageType } from "../../plugin/api.js";
import type { Registry } from "../../plugin/registry.js";
import { coreSchema } from "./workflow.js";

/** A text with an expression in it. */
const EXPRESSION: JsonObject = { type: "string", pattern: "\\$\\{\\{" };

/** The schema of the whole language for editors, with `with` of every stage type the registry knows. */
export function workflowSchema(registry: Registry): JsonSchema {
  const core = coreSchema() as unknown as { $defs: { stage: JsonObject; stages: JsonObject }; properties: JsonObject };
  const types = [...registry.stages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const stage = core.$defs.stage as unknown as { properties: Record<string, JsonObject> };
  const uses = usesSchema(types);
  const compensate = stage.properties["compensate"] as unknown as { properties: Record<string, JsonObject> };
  const composed: JsonObject = {
    $id: "https://stagecraft.dev/schemas/workflow.schema.json",
    title: "Stagecraft workflow",
    ...(core as unknown as JsonObject),
    $defs: {
      stages: { ...core.$defs.stages, title: "Stages", defaultSnippets: types.flatMap(snippets) },
      stage: {
        ...(stage as unknown as JsonObject),
        title: "Stage",
        properties: {
          ...stage.properties,
          uses,
          with: UNTYPED,
          compensate: {
            ...(compensate as unknown as JsonObject),
            properties: { ...compensate.properties, uses, with: UNTYPED },
            allOf: types.map(branch),
          },
        },
        allOf: types.map(branch),
      },
      ...Object.fromEntries(
        types.map((type) => [
          inputName(type),
          { ...templated(type.input), title: type.title, description: type.description },
        ]),
      ),
    },
  };
  return titled(composed) as JsonSchema;
}

/** The type's own schema offers `with`; offered here as well, editors would list it twice. */
const UNTYPED: JsonObject = { type: "object", description: "The input of its stage type.", doNotSuggest: true };

function inputName(type: StageType): string {
  return `with.${type.name.replaceAll("/", ".")}`;
}

function usesSchema(types: readonly StageType[]): JsonObject {
  return {
    type: "string",
    description: "The stage type.",
    enum: types.map(({ name }) => name),
    enumDescriptions: types.map(({ description }) => description),
  };
}

function branch(type: StageType): JsonObject {
  return {
    if: { properties: { uses: { const: type.name } }, required: ["uses"] },
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: { properties: { with: { $ref: `#/$defs/${inputName(type)}` } } },
  };
}

/** The type's examples, each as a stage to fill in: the first under the type's name alone. */
function snippets({ name, title, examples = [] }: StageType): JsonObject[] {
  const bodies = examples.length > 0 ? examples.map((example) => parse(example) as Json) : [{ uses: name }];
  return bodies.map((body, index) => ({
    label: index === 0 ? `${name} stage` : `${name} stage (${index + 1})`,
    description: title,
    body: { "${1:stageId}": literal(body) },
  }));
}

/** Snippets give `$` a meaning of their own. */
function literal(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$", "\\$");
  if (Array.isArray(value)) return value.map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literal(inner)]));
}

/** Every property with a title, its own name: without one, hovers show the title of the whole language. */
function titled(schema: Json, name?: string): Json {
  if (!isObject(schema)) return schema;
  const inner: Record<string, Json> = { ...schema };
  for (const key of SCHEMA_MAPS) {
    const map = schema[key];
    if (!isObject(map)) continue;
    const isNamed = key === "properties";
    inner[key] = Object.fromEntries(
      Object.entries(map).map(([entry, value]) => [entry, titled(value, isNamed ? entry : undefined)]),
    );
  }
  for (const key of SCHEMA_LISTS) {
    if (Array.isArray(schema[key])) inner[key] = schema[key].map((entry) => titled(entry as Json));
  }
  for (const key of SCHEMA_SINGLES) if (isObject(schema[key])) inner[key] = titled(schema[key], name);
  return name === undefined || inner["title"] !== undefined || inner["$ref"] !== undefined
    ? inner
    : { title: name, ...inner };
}

const SCHEMA_MAPS = ["properties", "patternProperties", "$defs", "definitions"];
const SCHEMA_LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SCHEMA_SINGLES = ["items", "additionalProperties", "contains", "then", "else"];

/** The schema of what may be *written* where `schema` holds of what is *meant*: expressions stand for any value. */
export function templated(schema: Json): JsonObject {
  if (!isObject(schema)) return schema === false ? { not: {} } : {};
  const inner: Record<string, Json> = { ...schema };
  for (const key of SCHEMA_MAPS) {
    const map = schema[key];
    if (isObject(map))
      inner[key] = Object.fromEntries(Object.entries(map).map(([name, value]) => [name, templated(value)]));
  }
  for (const key of SCHEMA_LISTS) if (Array.isArray(schema[key])) inner[key] = schema[key].map(templated);
  for (const key of SCHEMA_SINGLES) if (isObject(schema[key])) inner[key] = templated(schema[key]);
  if (acceptsAnyText(schema)) return inner;
  const { description, title, examples = inner["enum"], ...rest } = inner;
  const words = Object.fromEntries(
    Object.entries({ title, description, examples }).filter(([, text]) => text !== undefined),
  );
  // Not a choice of two: an editor would show both in one hover.
  return { ...(words as JsonObject), if: EXPRESSION, else: rest };
}

function acceptsAnyText(schema: JsonObject): boolean {
  if (["enum", "const", "pattern", "format", "maxLength", "$ref", "not"].some((key) => Object.hasOwn(schema, key)))
    return false;
  const { type } = schema;
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}
