import { isObject, type Json, type JsonObject, type JsonSchema } from "stagecraft/plugin";

/** Keywords OpenAI's strict mode understands. The rest is left out of what is sent; Ajv checks all of it afterwards. */
const KEPT = new Set(
  "type properties required additionalProperties items anyOf enum const description $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems".split(
    " ",
  ),
);
const FORMATS = new Set("date-time time date duration email hostname ipv4 ipv6 uuid".split(" "));

/** A schema as it is sent. `strict` false: it cannot be said in strict mode (free-form objects, `allOf`, `not`). */
export interface SentSchema {
  readonly schema: JsonSchema;
  readonly strict: boolean;
}

/**
 * In strict mode every object is closed and every property required, so an optional one may be null instead:
 * `withoutNulls` takes those nulls out of the answer again.
 */
export function toStrict(schema: JsonSchema): SentSchema {
  const state = { strict: true };
  const converted = convert(schema, state);
  return state.strict ? { schema: converted, strict: true } : { schema, strict: false };
}

function convert(schema: Json, state: { strict: boolean }): JsonSchema {
  if (!isObject(schema)) {
    // `true` and `{}` allow anything, which strict mode cannot say.
    state.strict = false;
    return {};
  }
  const sent: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "oneOf" && Array.isArray(value)) sent["anyOf"] = value.map((one) => convert(one, state));
    else if (["allOf", "not", "if", "patternProperties", "prefixItems"].includes(key)) state.strict = false;
    else if (KEPT.has(key)) sent[key] = value;
  }
  const types = [schema["type"]].flat();
  if (typeof sent["format"] === "string" && !FORMATS.has(sent["format"])) delete sent["format"];
  if (Array.isArray(sent["anyOf"]) && schema["oneOf"] === undefined) {
    sent["anyOf"] = sent["anyOf"].map((one: Json) => convert(one, state));
  }
  if (isObject(sent["$defs"])) sent["$defs"] = mapValues(sent["$defs"], (one) => convert(one, state));
  if (types.includes("array") || sent["items"] !== undefined) sent["items"] = convert(sent["items"] ?? true, state);
  if (types.includes("object") || sent["properties"] !== undefined) closeObject(schema, sent, state);
  const said = ["type", "anyOf", "enum", "const", "$ref"].some((key) => sent[key] !== undefined);
  if (!said) state.strict = false;
  return sent;
}

function closeObject(schema: JsonObject, sent: Record<string, Json>, state: { strict: boolean }): void {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const open = schema["additionalProperties"];
  // An object with no declared property is a free-form one, unless it says it is empty.
  if (open === true || isObject(open) || (Object.keys(properties).length === 0 && open !== false)) state.strict = false;
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as readonly Json[]) : []);
  sent["properties"] = mapValues(properties, (one, name) => {
    const converted = convert(one, state);
    return required.has(name) ? converted : nullable(converted);
  });
  sent["required"] = Object.keys(properties);
  sent["additionalProperties"] = false;
}

function nullable(schema: JsonSchema): JsonSchema {
  return allowsNull(schema) ? schema : { anyOf: [schema, { type: "null" }] };
}

function allowsNull(schema: JsonSchema): boolean {
  const enumerated = schema["enum"];
  if (Array.isArray(enumerated)) return (enumerated as readonly Json[]).includes(null);
  return [schema["type"]].flat().includes("null");
}

/** Takes out the nulls that stand for an absent optional property, where the schema itself has no place for null. */
export function withoutNulls(value: Json, schema: Json | undefined): Json {
  if (Array.isArray(value)) {
    const items = isObject(schema) ? schema["items"] : undefined;
    return (value as readonly Json[]).map((item) => withoutNulls(item, items));
  }
  if (!isObject(value) || !isObject(schema) || !isObject(schema["properties"])) return value;
  const properties = schema["properties"];
  const required = Array.isArray(schema["required"]) ? (schema["required"] as readonly Json[]) : [];
  const kept: Record<string, Json> = {};
  for (const [name, one] of Object.entries(value)) {
    const part = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (one === null && isObject(part) && !allowsNull(part) && !required.includes(name)) continue;
    kept[name] = withoutNulls(one, part);
  }
  return kept;
}

function mapValues(from: JsonObject, change: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(value, name)]));
}
