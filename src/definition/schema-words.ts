import { isObject, type Json, type JsonObject } from "../core/json.js";
import { nearest } from "../core/suggest.js";
import { helpInstead, isRenamed, keysElsewhere, OTHER_TYPES, valueMeant } from "./foreign-words.js";
import { PATTERN_MEANINGS } from "./schema/common.js";
import type { SchemaFault } from "./validator.js";

/** A schema fault in our words. `atKey`: the place is the key, `path` leading to it. */
export interface WordedFault {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly atKey: boolean;
  readonly message: string;
  readonly help?: string;
  /** The key that is missing at `path`. */
  readonly missing?: string;
  /** Path of the key that an unknown one was most likely meant for. */
  readonly meant?: string;
}

const NOISE = new Set(["if", "oneOf", "anyOf", "not", "allOf"]);

/** The key by which `body` most likely says what we call `word`: that one, another tool's word for it, or a misspelling. */
export function keyMeant(body: JsonObject, word: string): string | undefined {
  if (Object.hasOwn(body, word)) return word;
  // `state` is none of `stages`, however near.
  const isTypo = (key: string) => !isRenamed(key) && nearest(key, [word]) === word;
  return Object.keys(body).find((key) => keysElsewhere(key).includes(word) || isTypo(key));
}

/** Help for a key that is not among `allowed`. */
export function helpForKey(key: string, allowed: readonly string[]): string | undefined {
  const word = keysElsewhere(key).find((ours) => allowed.includes(ours));
  if (word !== undefined) return `here it is called \`${word}\``;
  const close = nearest(key, allowed);
  if (close !== undefined) return `did you mean \`${close}\`?`;
  const instead = helpInstead(key);
  if (instead !== undefined) return instead;
  return allowed.length > 0 && allowed.length <= 24 ? `known here: ${[...allowed].sort().join(", ")}` : undefined;
}

/** Puts schema faults into words. Branch bookkeeping (`if`, `oneOf`) is left out wherever the branch says more. */
export function wordFaults(faults: readonly SchemaFault[]): readonly WordedFault[] {
  const specific = faults.filter(({ keyword }) => !NOISE.has(keyword));
  const kept = specific.length > 0 ? specific : faults.filter(({ keyword }) => keyword !== "if");
  const typed = new Set(kept.filter(({ keyword }) => keyword === "type").map(({ path }) => path.join("\0")));
  return kept
    .filter((fault) => fault.keyword === "type" || !typed.has(fault.path.join("\0")))
    .filter(({ keyword, schema }) => keyword !== "pattern" || !isPropertyNames(schema, kept))
    .map(word)
    .filter((fault, _, all) => fault.code !== "missing-key" || !all.some((other) => other.meant === meantBy(fault)));
}

/** A missing key is not said again where a misspelt one was meant for it. */
function meantBy({ path, missing }: WordedFault): string | undefined {
  return missing === undefined ? undefined : [...path, missing].join("\0");
}

/** `propertyNames` raises its inner fault as well, at the object rather than at the key. */
function isPropertyNames(schema: Readonly<Record<string, unknown>>, faults: readonly SchemaFault[]): boolean {
  return faults.some((fault) => fault.keyword === "propertyNames" && fault.schema["propertyNames"] === schema);
}

function word(fault: SchemaFault): WordedFault {
  const { path, params, schema } = fault;
  const at = (code: string, message: string, help?: string): WordedFault => ({
    code,
    path,
    atKey: false,
    message,
    ...(help !== undefined && { help }),
  });
  switch (fault.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
      const allowed = Object.keys((schema["properties"] as object | undefined) ?? {});
      const meant = keysElsewhere(key).find((ours) => allowed.includes(ours)) ?? nearest(key, allowed);
      return {
        ...at("unknown-key", `unknown key \`${key}\``, withForm(helpForKey(key, allowed), fault, key, meant)),
        path: [...path, key],
        atKey: true,
        ...(meant !== undefined && { meant: [...path, meant].join("\0") }),
      };
    }
    case "propertyNames": {
      const key = String(params["propertyName"]);
      const pattern = (schema["propertyNames"] as { pattern?: string } | undefined)?.pattern;
      return { ...patternFault(key, pattern, at), path: [...path, key], atKey: true };
    }
    case "required":
    case "dependentRequired": {
      const missing = String(params["missingProperty"]);
      const isGroup = missing === "uses" && isObject(fault.value as Json) && "stages" in (fault.value as JsonObject);
      const help = isGroup ? "a stage with `stages` inside is a group: `uses: group`" : describe(schema, missing);
      return { ...at("missing-key", `\`${missing}\` is missing`, help), atKey: true, missing };
    }
    case "pattern":
      return patternFault(String(fault.value), String(params["pattern"]), at);
    default:
      return wordValue(fault, at);
  }
}

/** Of a list under another tool's word for a mapping, the word is only half of it. */
function withForm(help: string | undefined, { schema, value }: SchemaFault, key: string, meant: string | undefined) {
  const written = (value as JsonObject | undefined)?.[key];
  const wanted = (schema["properties"] as Record<string, JsonObject> | undefined)?.[meant ?? ""];
  const isMapping = wanted?.["type"] === "object" || typeof wanted?.["$ref"] === "string";
  return help !== undefined && Array.isArray(written) && isMapping ? `${help}, and is no list: ${EACH_BY_ID}` : help;
}

const EACH_BY_ID = "each under its id, `fetch: { uses: … }`";

type At = (code: string, message: string, help?: string) => WordedFault;

function patternFault(text: string, pattern: string | undefined, at: At): WordedFault {
  const meaning = PATTERN_MEANINGS.get(pattern ?? "");
  if (meaning === undefined) return at("invalid-value", `${quote(text)} does not match ${pattern}`);
  const help = meaning.code === "needs-expression" ? helpForCondition(text, meaning.help) : meaning.help;
  const name = meaning.suggest?.(text) ?? "";
  const isName = name !== "" && new RegExp(pattern ?? "").test(name);
  // The example at the help's end is for who gets no name of their own.
  const better = isName ? `call it \`${name}\`: ${help?.replace(/: \S+$/, "")}` : help;
  return at(meaning.code, `${quote(text)} ${meaning.says}`, better);
}

function helpForCondition(text: string, otherwise: string | undefined): string | undefined {
  if (text === "true" || text === "false") return `without quotes: ${text}`;
  return text.includes("${{") ? "one ${{ … }} and nothing around it" : otherwise;
}

const BOUNDS: Readonly<Record<string, string>> = {
  ">=": "at least",
  "<=": "at most",
  ">": "more than",
  "<": "less than",
};

function wordValue(fault: SchemaFault, at: At): WordedFault {
  const { params, value } = fault;
  const shown = quote(value);
  switch (fault.keyword) {
    case "type": {
      const wanted = ([] as string[]).concat(params["type"] as string | string[]);
      const pattern = String(fault.schema["pattern"]);
      // `timeout: 30` is a wrong duration before it is a wrong type.
      if (typeof value === "number" && PATTERN_MEANINGS.has(pattern))
        return patternFault(shortened(value), pattern, at);
      return at(
        "wrong-type",
        `${typeWord(value)} where ${wanted.map(article).join(" or ")} is expected`,
        typeHelp(value, wanted, fault.schema) ?? described(fault.schema),
      );
    }
    case "enum":
    case "const": {
      const allowed = ([] as unknown[]).concat(params["allowedValues"] ?? params["allowedValue"]).map(String);
      const kind = allowed.includes("integer") ? OTHER_TYPES.get(String(value).toLowerCase()) : undefined;
      if (kind !== undefined) return at("invalid-value", `${shown} is no type of JSON Schema`, `write type: ${kind}`);
      const close = valueMeant(String(value), allowed) ?? nearest(String(value), allowed);
      const all = allowed.length === 1 ? `write ${allowed[0]}` : `one of ${allowed.join(", ")}`;
      return at(
        "invalid-value",
        `${shown} is not known here`,
        close === undefined ? all : `did you mean \`${close}\`? ${all}`,
      );
    }
    case "format":
      return at("invalid-value", `${shown} is not a valid ${String(params["format"])}`);
    case "uniqueItems":
      return at("invalid-value", "an entry is there twice");
    case "minItems":
    case "minProperties":
      return at("invalid-value", `at least ${String(params["limit"])} is needed here`);
    case "maxItems":
    case "maxProperties":
      return at("invalid-value", `at most ${String(params["limit"])} is allowed here`);
    case "minLength":
      return at(
        "invalid-value",
        value === "" ? "must not be empty" : `${shown} is shorter than ${String(params["limit"])}`,
      );
    case "maxLength":
      return at("invalid-value", `longer than ${String(params["limit"])} characters`);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return at("invalid-value", `${shown} must be ${BOUNDS[String(params["comparison"])]} ${String(params["limit"])}`);
    case "multipleOf":
      return at("invalid-value", `${shown} is no multiple of ${String(params["multipleOf"])}`);
    default:
      return at("invalid-value", `${shown} is not one of the forms allowed here`);
  }
}

/** What a missing key is, and how it is written where that can be said in a word. */
function describe(schema: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const properties = schema["properties"] as Record<string, JsonObject> | undefined;
  const { description, const: only, examples } = properties?.[key] ?? {};
  if (only !== undefined) return `write \`${key}: ${String(only)}\``;
  if (description === undefined) return undefined;
  const [example] = Array.isArray(examples) ? (examples as readonly Json[]) : [];
  const isWord = typeof example === "string" || typeof example === "number";
  // A version is text, which YAML takes for a number unless it is quoted.
  const shown = typeof example === "string" && /^[\d.]+$/.test(example) ? `"${example}"` : String(example);
  return isWord ? `${key}: ${String(description)} Such as \`${key}: ${shown}\`` : `${key}: ${String(description)}`;
}

function typeHelp(value: unknown, wanted: readonly string[], schema: SchemaFault["schema"]): string | undefined {
  if (value === null) return "there is nothing behind the colon";
  const only = Array.isArray(schema["required"]) && schema["required"].length === 1 ? schema["required"][0] : undefined;
  if (wanted.includes("object") && only !== undefined && typeof value !== "object" && mayHold(schema, only, value)) {
    return `write { ${only}: ${typeof value === "string" && value.includes("${{") ? "…" : value} }`;
  }
  if (wanted.includes("object") && Array.isArray(value) && schema["additionalProperties"] !== false) {
    if (value.some((item: Json) => isObject(item) && "id" in item)) return `no list: ${EACH_BY_ID}`;
    const [first] = value as readonly Json[];
    if (typeof first === "string" && schema["propertyNames"] !== undefined)
      return `no list: each under its name, \`${first.split(/[ :]/)[0]}: { … }\``;
  }
  const isNumber = wanted.some((type) => type === "number" || type === "integer");
  if (isNumber && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) {
    return `without quotes: ${value}`;
  }
  if (wanted.includes("object") && TYPES.has(value)) return `write { type: ${value} }`;
  if (wanted.includes("array") && typeof value === "string") return `a list, even of one: [${value}]`;
  if (wanted.includes("array") && isObject(value as Json)) return "a list, even of one: [{ … }]";
  if (wanted.includes("string") && (typeof value === "number" || typeof value === "boolean"))
    return `in quotes: "${value}"`;
  if (typeof value === "string" && wanted.includes("boolean") && /^(yes|no|on|off)$/i.test(value))
    return "write true or false";
  return undefined;
}

/** Whether the one key a mapping must have could have the value that stands in its place. */
function mayHold(schema: SchemaFault["schema"], key: string, value: unknown): boolean {
  const { type } = (schema["properties"] as Record<string, JsonObject> | undefined)?.[key] ?? {};
  if (type === undefined || (typeof value === "string" && value.includes("${{"))) return true;
  const types = ([] as unknown[]).concat(type);
  return types.includes(typeof value) || (types.includes("integer") && Number.isInteger(value));
}

function described({ description }: SchemaFault["schema"]): string | undefined {
  return typeof description === "string" ? description : undefined;
}

/** The types of JSON Schema, which name a schema where one is wanted. */
const TYPES = new Set<unknown>(["string", "number", "integer", "boolean", "array", "object", "null"]);

function typeWord(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : article(typeof value);
}

function article(type: string): string {
  const words: Record<string, string> = {
    array: "a list",
    object: "a mapping",
    string: "text",
    integer: "a whole number",
    null: "null",
  };
  return Object.hasOwn(words, type) ? (words[type] as string) : `a ${type}`;
}

function quote(value: unknown): string {
  return `\`${shortened(value)}\``;
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
