import { isObject, type Json, type JsonSchema } from "stagecraft/plugin";

/** What a written value will be as far as it can be told: its fields are known though their expressions are not. */
export function shapeOf(value: Json): JsonSchema {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return shapeOfText(value);
  if (Array.isArray(value)) return { type: "array" };
  if (!isObject(value)) return { type: typeof value };
  const properties = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]));
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties };
}

/** One whole `${{ }}` may be anything; inside longer text it becomes text. */
function shapeOfText(text: string): JsonSchema {
  return text.trimStart().startsWith("${{") && text.trimEnd().endsWith("}}") ? {} : { type: "string" };
}
