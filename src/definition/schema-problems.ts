import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import { nearest } from "../core/suggest.js";
import type { Path } from "./findings.js";
import { entriesOf } from "./model.js";
import { wordFaults } from "./schema-words.js";
import { schemaFaults, schemaProblem } from "./validator.js";

/** What makes a JSON Schema none, or makes it say less than its author means. `path` from the schema's top. */
export interface SchemaProblem {
  readonly path: Path;
  readonly atKey: boolean;
  readonly message: string;
  readonly help?: string | undefined;
}

/** Everything wrong with a schema, each at the word that is. `ours`: keys that may stand beside it at its top. */
export function schemaProblems(schema: JsonObject, ours: readonly string[]): readonly SchemaProblem[] {
  const fields = Object.keys(schema).filter((key) => !key.startsWith("x-"));
  if (fields.length > 0 && !fields.some((key) => KEYWORDS.has(key) || ours.includes(key) || isTypo(key))) {
    const help = `write { type: object, properties: { ${fields[0]}: { type: string } } }`;
    return [{ path: [], atKey: false, message: "this is no JSON Schema: fields stand under `properties`", help }];
  }
  const found: SchemaProblem[] = [];
  checkKeywords({ root: schema, found }, schema, [], ours);
  for (const { path, message, help } of wordFaults(schemaFaults(schema))) {
    const listed =
      path.at(-1) === "required" ? "the object around lists what must be there: required: [a, b]" : undefined;
    found.push({ path, atKey: false, message, help: help ?? listed });
  }
  if (found.length > 0) return found;
  const problem = schemaProblem(schema);
  if (problem === undefined) return [];
  const message = `this is no JSON Schema: ${problem}`;
  return [{ path: [], atKey: false, message, help: "see json-schema.org, draft 2020-12" }];
}

interface Search {
  readonly root: JsonSchema;
  readonly found: SchemaProblem[];
}

const KEYWORDS = new Set(
  (
    "type enum const default description title examples format pattern minLength maxLength minimum maximum " +
    "exclusiveMinimum exclusiveMaximum multipleOf items prefixItems contains minContains maxContains minItems maxItems " +
    "uniqueItems properties required additionalProperties patternProperties propertyNames minProperties maxProperties " +
    "dependentRequired dependentSchemas allOf anyOf oneOf not if then else $ref $defs $id $schema $comment $anchor " +
    "deprecated readOnly writeOnly unevaluatedItems unevaluatedProperties contentEncoding contentMediaType"
  ).split(" "),
);

function isTypo(key: string): boolean {
  return ELSEWHERE.has(key) || nearest(key, KEYWORDS) !== undefined;
}

/** What people write who know another way to describe data, and what to write here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["definitions", "draft 2020-12 calls it `$defs`"],
  ["nullable", 'write type: [string, "null"]'],
  ["optional", "an object lists the fields that must be there: required: [a, b]"],
  ["min", "of a number `minimum`, of a text `minLength`, of a list `minItems`"],
  ["max", "of a number `maximum`, of a text `maxLength`, of a list `maxItems`"],
  ["fields", "here it is called `properties`"],
  ["values", "here it is called `enum`"],
  ["choices", "here it is called `enum`"],
  ["options", "here it is called `enum`"],
  ["of", "here it is called `items`"],
  ["elements", "here it is called `items`"],
  ["regex", "here it is called `pattern`"],
  ["example", "write examples: [ … ]"],
]);

/** The formats that are looked at; of others nothing is known, unless they are nearly one of these. */
const FORMATS =
  "date time date-time iso-time iso-date-time duration uri uri-reference uri-template url email hostname ipv4 ipv6 regex uuid json-pointer relative-json-pointer byte int32 int64 float double password binary".split(
    " ",
  );

/** A misspelt keyword says nothing and would go unnoticed. */
function checkKeywords(search: Search, schema: JsonObject, path: Path, ours: readonly string[]): void {
  for (const [key, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(key) && !key.startsWith("x-") && !ours.includes(key)) {
      const close = nearest(key, [...KEYWORDS, ...ours]);
      const guess = close === undefined ? "keys of your own begin with `x-`" : `did you mean \`${close}\`?`;
      const message = `\`${key}\` is no keyword of JSON Schema`;
      search.found.push({ path: [...path, key], atKey: true, message, help: ELSEWHERE.get(key) ?? guess });
    }
    checkValue(search, schema, key, value, [...path, key]);
    for (const [at, inner] of subschemas(key, value)) checkKeywords(search, inner, [...path, key, ...at], []);
  }
}

/** What the rules of JSON Schema let through, and cannot be meant. */
function checkValue({ root, found }: Search, schema: JsonObject, key: string, value: Json, path: Path): void {
  const say = (message: string, help?: string, at = path, atKey = false) =>
    found.push({ path: at, atKey, message, help });
  if (key === "pattern" && typeof value === "string") {
    const fault = regexFault(value);
    if (fault !== undefined) say(`\`${value}\` is no regular expression: ${fault}`, HELP_FOR_REGEX);
  } else if (key === "patternProperties") {
    for (const [pattern] of entriesOf(value)) {
      const fault = regexFault(pattern);
      const at = [...path, pattern];
      if (fault !== undefined) say(`\`${pattern}\` is no regular expression: ${fault}`, HELP_FOR_REGEX, at, true);
    }
  } else if (key === "$ref" && typeof value === "string" && value.startsWith("#/") && !leadsSomewhere(root, value)) {
    const names = entriesOf(root["$defs"]).map(([name]) => name);
    const help = names.length > 0 ? `\`$defs\` has ${names.join(", ")}` : "what is named stands under `$defs`";
    say(`\`${value}\` leads nowhere in this schema`, help);
  } else if (key === "format" && typeof value === "string" && !FORMATS.includes(value)) {
    const close = nearest(value, FORMATS);
    if (close !== undefined) say(`\`${value}\` is no format`, `did you mean \`${close}\`?`);
  } else if (key === "required" && Array.isArray(value) && schema["additionalProperties"] === false) {
    for (const [index, name] of (value as readonly Json[]).entries())
      checkRequired(schema, name, [...path, index], say);
  }
}

const HELP_FOR_REGEX = "put a backslash before signs that stand for themselves, and the text in single quotes";

function checkRequired(
  { properties, patternProperties }: JsonSchema,
  name: Json,
  path: Path,
  say: (message: string, help: string | undefined, at: Path) => void,
): void {
  const known = entriesOf(properties).map(([field]) => field);
  if (typeof name !== "string" || known.includes(name) || patternProperties !== undefined) return;
  const close = nearest(name, known);
  const help = close === undefined ? "describe it under `properties`" : `did you mean \`${close}\`?`;
  say(`\`${name}\` is required, and \`additionalProperties: false\` does not let it in`, help, path);
}

function regexFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch (fault) {
    return (fault as Error).message.split(": ").at(-1)?.toLowerCase();
  }
}

/** A JSON pointer of the schema itself. */
function leadsSomewhere(root: JsonSchema, pointer: string): boolean {
  let here: Json | undefined = root;
  for (const part of pointer.slice(2).split("/")) {
    const step = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here !== undefined;
}

function subschemas(key: string, value: Json): [Path, JsonSchema][] {
  if (["properties", "patternProperties", "$defs", "dependentSchemas"].includes(key)) {
    return entriesOf(value).flatMap(([name, inner]) =>
      isObject(inner) ? [[[name], inner] as [Path, JsonSchema]] : [],
    );
  }
  if (["allOf", "anyOf", "oneOf", "prefixItems"].includes(key) && Array.isArray(value)) {
    return value.flatMap((inner: Json, index) => (isObject(inner) ? [[[index], inner] as [Path, JsonSchema]] : []));
  }
  const single = ["items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames"];
  return single.includes(key) && isObject(value) ? [[[], value]] : [];
}
