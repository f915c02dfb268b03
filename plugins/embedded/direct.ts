import { isObject, type Json, type JsonSchema } from "stagecraft/plugin";
import { parseNumber } from "./amounts.js";
import { asTimestamp, dates } from "./dates.js";
import { GENERIC, labelsOf } from "./lexicon.js";
import type { Field, Source } from "./source.js";
import { typesOf, type Wanted } from "./wanted.js";

const GOOD_ENOUGH = 0.7;

/** The value of a structured field whose name says the same, made to fit the type. Exact names win; ties go to the first. */
export function direct(want: Wanted, source: Source): Json | undefined {
  let best: { value: Json; score: number } | undefined;
  for (const field of source.fields) {
    const score = similarity(want, field);
    if (score < GOOD_ENOUGH || score <= (best?.score ?? 0)) continue;
    const value = fitted(field.value, want.schema);
    if (value !== undefined) best = { value, score };
  }
  return best?.value;
}

/** 1 for the same words; less where the path above has to help; 0 where the specific words differ. */
function similarity(want: Wanted, field: Field): number {
  const same = want.words.join(" ") === field.own.join(" ");
  const aboveAgrees = want.above.every((word) => field.above.includes(word));
  if (same) return want.above.length > 0 && !aboveAgrees ? 0.9 : 1;
  const whole = [...field.above, ...field.own];
  const mine = [...want.above, ...want.words];
  const here = want.words.every((word) => whole.includes(word)) && field.own.some((word) => want.words.includes(word));
  // `vendorName` is the name of vendor; `subtotal` is not `total`.
  if (here) return 0.85 - 0.02 * (whole.length - want.words.length);
  const there = field.own.every((word) => mine.includes(word)) && field.own.some((word) => !GENERIC.has(word));
  if (there) return 0.78;
  const alike = want.words.every((word) => whole.some((other) => labelsOf(word).includes(other)));
  return alike && field.own.length <= want.words.length ? 0.72 : 0;
}

/** A value as the schema's type wants it, or undefined where it is something else. */
export function fitted(value: Json, schema: JsonSchema): Json | undefined {
  const allowed = schema["enum"];
  if (Array.isArray(allowed)) return (allowed as readonly Json[]).find((one) => sameWord(one, value));
  const types = typesOf(schema);
  if (types.length === 0) return value;
  for (const type of types) {
    const made = asType(type, value, schema);
    if (made !== undefined) return made;
  }
  return undefined;
}

function asType(type: string, value: Json, schema: JsonSchema): Json | undefined {
  switch (type) {
    case "string":
      return asText(value, schema);
    case "number":
    case "integer":
      return asNumber(value, type);
    case "boolean":
      return asBoolean(value);
    case "array":
      return asList(value, schema);
    case "object":
      return undefined;
    default:
      return value === null ? null : undefined;
  }
}

function asText(value: Json, schema: JsonSchema): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value);
  const { format, pattern, maxLength } = schema;
  if (format === "date") return dates(text)[0]?.value;
  if (format === "date-time") return asTimestamp(text);
  if (format === "email" && !/^\S+@\S+\.\S+$/.test(text)) return undefined;
  if (format === "uri" && !/^[a-z][\w+.-]*:/i.test(text)) return undefined;
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(text)) return undefined;
  return typeof maxLength === "number" && text.length > maxLength ? undefined : text;
}

function asNumber(value: Json, type: string): number | undefined {
  const number = typeof value === "string" ? readNumber(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  return type === "integer" && !Number.isInteger(number) ? undefined : number;
}

function readNumber(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const digits = /^\s*(?:[A-Z]{3}|[€$£])?\s*(-?\d[\d.,' ]*?)\s*(?:[A-Z]{3}|[€$£%])?\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : parseNumber(digits);
}

function asBoolean(value: Json): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  if (/^(?:yes|true|y|on)$/i.test(value.trim())) return true;
  return /^(?:no|false|n|off)$/i.test(value.trim()) ? false : undefined;
}

function asList(value: Json, schema: JsonSchema): Json | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = schema["items"];
  if (!isObject(items) || typesOf(items).includes("object")) return undefined;
  const list = (value as readonly Json[]).map((item) => fitted(item, items));
  return list.every((item) => item !== undefined) ? (list as Json) : undefined;
}

function sameWord(one: Json, other: Json): boolean {
  const plain = (value: Json) =>
    typeof value === "string"
      ? value
          .trim()
          .toLowerCase()
          .replace(/[\s_-]+/g, "")
      : value;
  return plain(one) === plain(other);
}
