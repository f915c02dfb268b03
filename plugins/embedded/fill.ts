import { isObject, type Json, type JsonObject, type JsonSchema } from "stagecraft/plugin";
import { choose, judge, neither } from "./choose.js";
import { direct } from "./direct.js";
import { fits } from "./fits.js";
import { itemSources, plainList } from "./list-field.js";
import { listLength, numberField } from "./number-field.js";
import type { Example } from "./similar.js";
import { type Source, sourceOf } from "./source.js";
import { textField } from "./text-field.js";
import { typesOf, type Wanted, wanted } from "./wanted.js";

/** One filling: what is read, and what was found on the way. */
export interface Filling {
  readonly source: Source;
  readonly examples: readonly Example[];
  /** The whole schema, where `$ref` points into. */
  readonly root: JsonSchema;
  /** Fields nothing was found for, as `vendor.email`; what was found, counted. */
  readonly missing: string[];
  found: number;
}

const MAX_DEPTH = 12;

/** A value that obeys the schema's shape, from what the source says. Same source and schema, same value. */
export function fill(
  schema: JsonSchema,
  path: readonly string[],
  required: boolean,
  filling: Filling,
): Json | undefined {
  const resolved = resolve(schema, filling.root);
  const want = wanted(path, resolved, required);
  if (resolved["const"] !== undefined) return resolved["const"];
  const branches = resolved["anyOf"] ?? resolved["oneOf"];
  if (Array.isArray(branches)) return branch(branches as readonly Json[], want, filling);
  const types = typesOf(resolved);
  const type = types.find((one) => one !== "null");
  if (types.length > 0 && type === undefined) return null;
  if (type === "object" && path.length < MAX_DEPTH) return fillObject(want, filling);
  if (type === "array") return fillArray(want, filling);
  const value = find(want, type, filling);
  if (value !== undefined && fits(value, resolved)) {
    filling.found += 1;
    return value;
  }
  return absent(want, filling);
}

function find(want: Wanted, type: string | undefined, { source, examples }: Filling): Json | undefined {
  const numeric = type === "number" || type === "integer";
  const known =
    (numeric ? listLength(want, source) : undefined) ?? (want.name === "" ? undefined : direct(want, source));
  if (known !== undefined && fits(known, want.schema)) return known;
  const allowed = want.schema["enum"];
  if (Array.isArray(allowed))
    return choose(
      want,
      (allowed as readonly Json[]).filter((one) => one !== null),
      source,
      examples,
    );
  if (type === "boolean") return judge(want, source, examples);
  if (numeric) return numberField(want, source);
  return textField(want, source);
}

/** What an answer says where nothing was found: the default, nothing, null, or the least the schema allows. */
function absent(want: Wanted, filling: Filling): Json | undefined {
  const { schema } = want;
  if (schema["default"] !== undefined) {
    filling.missing.push(want.path.join("."));
    return schema["default"];
  }
  const types = typesOf(schema);
  // Nobody says it is so: that is an answer.
  if (types.includes("boolean") && want.required) return false;
  if (!want.required) return undefined;
  const allowed = schema["enum"];
  const none = Array.isArray(allowed) ? neither(allowed) : undefined;
  if (none !== undefined) return none;
  filling.missing.push(want.path.join(".") || "the answer");
  if (Array.isArray(allowed)) return (allowed as readonly Json[])[0];
  if (types.includes("null")) return null;
  return least(want);
}

function least({ schema }: Wanted): Json {
  const types = typesOf(schema);
  if (types.includes("number") || types.includes("integer")) {
    const { minimum, exclusiveMinimum, maximum } = schema;
    if (typeof minimum === "number") return minimum;
    if (typeof exclusiveMinimum === "number" && exclusiveMinimum >= 0) return exclusiveMinimum + 1;
    return typeof maximum === "number" ? Math.min(0, maximum) : 0;
  }
  const { minLength, maxLength } = schema;
  const text = "unknown".padEnd(typeof minLength === "number" ? minLength : 0, "-");
  return typeof maxLength === "number" ? text.slice(0, maxLength) : text;
}

function fillObject(want: Wanted, filling: Filling): JsonObject {
  const properties = isObject(want.schema["properties"]) ? want.schema["properties"] : {};
  const required = Array.isArray(want.schema["required"]) ? (want.schema["required"] as readonly Json[]) : [];
  const inner = narrowed(want, filling);
  const filled: Record<string, Json> = {};
  const late: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    if (isConfidence(name, property)) {
      late.push(name);
      continue;
    }
    const value = fill(property, [...want.path, name], required.includes(name), inner);
    if (value !== undefined) Object.defineProperty(filled, name, { value, enumerable: true, configurable: true });
  }
  filling.found = inner.found;
  for (const name of late) filled[name] = confidence(properties[name] as JsonSchema, filling);
  return filled;
}

/** An object of the input with this name is where its fields are looked for first. */
function narrowed(want: Wanted, filling: Filling): Filling {
  if (want.words.length === 0) return filling;
  const inside = filling.source.fields.find(
    ({ own, value }) => isObject(value) && own.join(" ") === want.words.join(" "),
  );
  return inside === undefined ? filling : { ...filling, source: sourceOf({ [want.name]: inside.value }) };
}

function isConfidence(name: string, schema: JsonObject): boolean {
  return /confidence|certainty/i.test(name) && typesOf(schema).some((type) => type === "number" || type === "integer");
}

/** How much of what was asked for was found: the only confidence an extractor has. */
function confidence(schema: JsonSchema, { found, missing }: Filling): number {
  const { minimum, maximum } = schema;
  const high = typeof maximum === "number" ? maximum : 1;
  const low = typeof minimum === "number" ? minimum : 0;
  const share = found + missing.length === 0 ? 0 : found / (found + missing.length);
  const value = low + share * (high - low);
  return typesOf(schema).includes("integer") ? Math.round(value) : Math.round(value * 100) / 100;
}

function fillArray(want: Wanted, filling: Filling): Json | undefined {
  const items = isObject(want.schema["items"]) ? resolve(want.schema["items"], filling.root) : {};
  const found = listOf(want, items, filling);
  if (found === undefined && !want.required) return undefined;
  const { minItems, maxItems, uniqueItems } = want.schema;
  let list = (found ?? []).filter((item) => fits(item, items));
  if (uniqueItems === true) list = [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];
  if (typeof maxItems === "number") list = list.slice(0, maxItems);
  const few = typeof minItems === "number" && list.length < minItems;
  if (found === undefined || few) filling.missing.push(want.path.join(".") || "the answer");
  else filling.found += 1;
  while (typeof minItems === "number" && list.length < minItems) {
    list.push(
      fill(items, [...want.path, String(list.length)], true, { ...filling, source: sourceOf(null), missing: [] }) ??
        null,
    );
  }
  return list;
}

function listOf(want: Wanted, items: JsonSchema, filling: Filling): Json[] | undefined {
  if (typesOf(items).includes("object")) {
    const sources = itemSources(want, filling.source);
    if (sources.length === 0) return undefined;
    return sources.map((source) => fill(items, [], true, { ...filling, source, missing: [] }) as Json);
  }
  const known = direct(want, filling.source);
  if (Array.isArray(known)) return [...(known as readonly Json[])];
  return plainList(want, items, filling.source, filling.examples);
}

function branch(branches: readonly Json[], want: Wanted, filling: Filling): Json | undefined {
  const real = branches.filter(isObject).filter((one) => one["type"] !== "null");
  for (const one of real) {
    const trial: Filling = { ...filling, missing: [] };
    const value = fill(one, want.path, true, trial);
    if (value === undefined || trial.missing.length > 0) continue;
    filling.found = trial.found;
    return value;
  }
  if (!want.required) return undefined;
  if (real.length < branches.length) return null;
  return real[0] === undefined ? null : fill(real[0], want.path, true, filling);
}

/** Follows a local `$ref`. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current: Json | undefined = schema;
  for (let hops = 0; hops < MAX_DEPTH && isObject(current) && typeof current["$ref"] === "string"; hops += 1) {
    const steps: string[] = current["$ref"].replace(/^#\/?/, "").split("/").filter(Boolean);
    current = steps.reduce<Json | undefined>(
      (at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined),
      root,
    );
  }
  return isObject(current) ? current : {};
}
