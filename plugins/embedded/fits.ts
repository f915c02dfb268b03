import type { Json, JsonSchema } from "stagecraft/plugin";
import { typesOf } from "./wanted.js";

/** A single value obeys what its schema says about single values. Objects and lists are built to fit. */
export function fits(value: Json, schema: JsonSchema): boolean {
  const allowed = schema["enum"];
  if (Array.isArray(allowed) && !(allowed as readonly Json[]).includes(value)) return false;
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return false;
  if (typeof value === "number") return numberFits(value, schema);
  return typeof value === "string" ? textFits(value, schema) : true;
}

function isOfType(value: Json, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  return typeof value === type && value !== null && !Array.isArray(value);
}

function numberFits(value: number, schema: JsonSchema): boolean {
  const limit = (key: string, ok: (limit: number) => boolean) => typeof schema[key] !== "number" || ok(schema[key]);
  return (
    limit("minimum", (least) => value >= least) &&
    limit("maximum", (most) => value <= most) &&
    limit("exclusiveMinimum", (least) => value > least) &&
    limit("exclusiveMaximum", (most) => value < most) &&
    limit("multipleOf", (unit) => Math.abs(value / unit - Math.round(value / unit)) < 1e-9)
  );
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/,
  email: /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/,
  uri: /^[a-z][\w+.-]*:\S+$/i,
};

function textFits(value: string, schema: JsonSchema): boolean {
  const { minLength, maxLength, pattern, format } = schema;
  // A schema counts characters, not UTF-16 units.
  const length = [...value].length;
  if (typeof minLength === "number" && length < minLength) return false;
  if (typeof maxLength === "number" && length > maxLength) return false;
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) return false;
  const form = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return form === undefined || form.test(value);
}
