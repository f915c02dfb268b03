import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import type { StageType } from "../../plugin/api.js";
import type { Registry } from "../../plugin/registry.js";
import { coreSchema } from "./workflow.js";

const TEMPLATE = "#/$defs/template";

/** The schema of the whole language for editors, with `with` of every stage type the registry knows. */
export function workflowSchema(registry: Registry): JsonSchema {
  const core = coreSchema() as unknown as { $defs: { stage: JsonObject; stages: JsonObject }; properties: JsonObject };
  const types = [...registry.stages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const stage = core.$defs.stage as unknown as { properties: Record<string, JsonObject> };
  const uses = usesSchema(types);
  const compensate = stage.properties["compensate"] as unknown as { properties: Record<string, JsonObject> };
  return {
    $id: "https://stagecraft.dev/schemas/workflow.schema.json",
    title: "Stagecraft workflow",
    ...(core as unknown as JsonObject),
    $defs: {
      stages: { ...core.$defs.stages, defaultSnippets: types.map(snippet) },
      stage: {
        ...(stage as unknown as JsonObject),
        properties: {
          ...stage.properties,
          uses,
          compensate: {
            ...(compensate as unknown as JsonObject),
            properties: { ...compensate.properties, uses },
            allOf: types.map(branch),
          },
        },
        allOf: types.map(branch),
      },
      template: { type: "string", pattern: "\\$\\{\\{", description: "An expression: ${{ … }}" },
      ...Object.fromEntries(
        types.map((type) => [inputName(type), { ...templated(type.input), description: type.description }]),
      ),
    },
  };
}

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

/** A skeleton of a stage with what its type requires. */
function snippet({ name, title, input }: StageType): JsonObject {
  const required = Array.isArray(input["required"]) ? (input["required"] as string[]) : [];
  const fields = Object.fromEntries(required.map((key, index) => [key, `\${${index + 2}:${key}}`]));
  const body = { uses: name, ...(required.length > 0 && { with: fields }) };
  return { label: `${name} stage`, description: title, body: { "${1:stageId}": body } };
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
  const { description, title, ...rest } = inner;
  const words = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
  return { ...words, anyOf: [rest, { $ref: TEMPLATE }] };
}

function acceptsAnyText(schema: JsonObject): boolean {
  if (["enum", "const", "pattern", "format", "maxLength", "$ref", "not"].some((key) => Object.hasOwn(schema, key)))
    return false;
  const { type } = schema;
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}
