import { isObject, type Json, type JsonObject, type JsonSchema } from "../../json.js";
import {
  DYNAMIC,
  type Field,
  isScalar,
  listOf,
  NULL,
  type ObjectType,
  objectOf,
  type ScalarType,
  STRING,
  type Type,
  unionOf,
} from "../type.js";
import { isPlainText } from "./plain-text.js";

/** Schemas within schemas looked into; deeper ones are dynamic. */
const DEEPEST = 40;

/**
 * What a JSON Schema says of a value, as far as the checker can use it; what it cannot read is dynamic.
 * An object with `properties` has no others unless `additionalProperties` or `patternProperties` says so.
 */
export function typeOfSchema(schema: JsonSchema): Type {
  return read(schema, { root: schema, referred: [], depth: 0 });
}

interface Place {
  readonly root: JsonSchema;
  /** References being followed, so that a recursive schema ends. */
  readonly referred: readonly string[];
  readonly depth: number;
}

function read(schema: Json | undefined, place: Place): Type {
  if (!isObject(schema) || place.depth > DEEPEST) return DYNAMIC;
  const inner = { ...place, depth: place.depth + 1 };
  const parts = [ownType(schema, inner)];
  if (typeof schema["$ref"] === "string") parts.push(referredType(schema["$ref"], inner));
  for (const word of ["anyOf", "oneOf"] as const) {
    const options = schema[word];
    if (Array.isArray(options)) parts.push(unionOf(options.map((option) => read(option, inner))));
  }
  if (Array.isArray(schema["allOf"])) parts.push(...schema["allOf"].map((part) => read(part, inner)));
  return parts.reduce(both);
}

function referredType(reference: string, place: Place): Type {
  if (!reference.startsWith("#") || place.referred.includes(reference)) return DYNAMIC;
  let target: Json | undefined = place.root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return read(target, { ...place, referred: [...place.referred, reference] });
}

/** What the schema's own words say, apart from what it combines. */
function ownType(schema: JsonObject, place: Place): Type {
  if (Object.hasOwn(schema, "const")) return typeOfValue(schema["const"]!);
  if (Array.isArray(schema["enum"])) return unionOf(schema["enum"].map(typeOfValue));
  const { type } = schema;
  if (Array.isArray(type)) return unionOf(type.map((word) => typeOfWord(word, schema, place)));
  return typeOfWord(type ?? impliedType(schema), schema, place);
}

function impliedType(schema: JsonObject): Json {
  if (schema["properties"] !== undefined) return "object";
  return schema["items"] !== undefined ? "array" : null;
}

function typeOfWord(word: Json, schema: JsonObject, place: Place): Type {
  switch (word) {
    case "string":
      return stringType(schema);
    case "number":
    case "integer":
      return { kind: "number" };
    case "boolean":
      return { kind: "boolean" };
    case "null":
      return NULL;
    case "array":
      return listOf(itemType(schema, place));
    case "object":
      return objectType(schema, place);
    default:
      return DYNAMIC;
  }
}

function stringType(schema: JsonObject): Type {
  const { format, pattern } = schema;
  if (format === undefined && pattern === undefined) return STRING;
  const isTrusted = isPlainText(pattern, format);
  return { kind: "string", ...(typeof format === "string" && { format }), ...(isTrusted && { trusted: true }) };
}

function itemType(schema: JsonObject, place: Place): Type {
  const first = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  const rest = schema["items"];
  if (first.length > 0 && rest === false) return unionOf(first.map((item) => read(item, place)));
  return unionOf([...first, rest].map((item) => read(item, place)));
}

function objectType(schema: JsonObject, place: Place): Type {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const fields = Object.entries(properties).map(([name, property]): [string, Field] => {
    const type = read(property, place);
    return [name, required.includes(name) ? { type } : { type, presence: "optional" }];
  });
  const others = schema["additionalProperties"] ?? (schema["patternProperties"] ? true : fields.length === 0);
  return { kind: "object", fields: new Map(fields), ...(others !== false && { rest: read(others, place) }) };
}

/** The type of one constant. */
export function typeOfValue(value: Json): Type {
  if (value === null) return NULL;
  if (Array.isArray(value)) return listOf(unionOf(value.map(typeOfValue)));
  if (isObject(value)) {
    return objectOf(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, { type: typeOfValue(item) }])));
  }
  return { kind: typeof value as ScalarType["kind"], values: [value as boolean | number | string] };
}

/** What holds of a value that is of both types. */
function both(a: Type, b: Type): Type {
  if (a.kind === "dynamic") return b;
  if (b.kind === "dynamic") return a;
  if (a.kind === "object" && b.kind === "object") return bothObjects(a, b);
  if (isScalar(a) && isScalar(b) && a.kind === b.kind) return { ...a, ...b };
  if (a.kind === "union") {
    const kinds = new Set((b.kind === "union" ? b.options : [b]).map((option) => option.kind));
    return unionOf(a.options.filter((option) => kinds.has(option.kind)));
  }
  return b.kind === "union" ? both(b, a) : a;
}

function bothObjects(a: ObjectType, b: ObjectType): ObjectType {
  const fields = new Map(a.fields);
  for (const [name, field] of b.fields) {
    const other = fields.get(name);
    const type = other ? both(other.type, field.type) : field.type;
    const certain = !field.presence || (other && !other.presence);
    fields.set(name, certain ? { type } : { ...field, type });
  }
  // A part that lists fields does not mean to forbid those of the other parts.
  const open = a.rest && b.rest;
  return { kind: "object", fields, ...(open && { rest: both(a.rest, b.rest) }) };
}
