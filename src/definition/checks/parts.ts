import { isObject, type Json, type JsonObject, type JsonSchema } from "../../core/json.js";
import { nearest } from "../../core/suggest.js";
import type { Path } from "../findings.js";
import { entriesOf } from "../model.js";
import { wordFaults } from "../schema-words.js";
import { schemaFaults, schemaProblem, validate } from "../validator.js";
import { checkAgainst } from "../written.js";
import type { CheckContext } from "./context.js";

/** Agents and rule sets against what the plugins that give them meaning say of one. */
export function checkParts({ registry, model, findings }: CheckContext): void {
  for (const { definitions } of registry.plugins) {
    for (const section of ["agents", "rulesets"] as const) {
      const schema = definitions?.[section];
      if (schema === undefined) continue;
      for (const [name, body] of Object.entries(model[section])) checkAgainst(schema, body, [section, name], findings);
    }
  }
}

/** The JSON Schemas a definition contains: that each is one, and that a default obeys its own. */
export function checkSchemas(context: CheckContext): void {
  const { raw } = context;
  for (const [name, schema] of entriesOf(raw["inputs"])) checkField(context, schema, ["inputs", name], ["optional"]);
  for (const [name, schema] of entriesOf(raw["state"])) checkField(context, schema, ["state", name], ["merge"]);
}

function checkField({ findings }: CheckContext, schema: Json, path: Path, ours: readonly string[]): void {
  if (!isObject(schema) || findings.hasErrorAt(path)) return;
  checkKeywords(findings, schema, path, ours);
  const faults = wordFaults(schemaFaults(schema));
  for (const { path: below, message, help } of faults) {
    findings.error("invalid-schema", { path: [...path, ...below] }, message, help);
  }
  if (faults.length > 0) return;
  const problem = schemaProblem(schema);
  if (problem !== undefined) {
    findings.error(
      "invalid-schema",
      { path },
      `this is no JSON Schema: ${problem}`,
      "see json-schema.org, draft 2020-12",
    );
    return;
  }
  if (schema["default"] === undefined) return;
  for (const { message, help } of wordFaults(validate(schema, schema["default"]))) {
    findings.error(
      "invalid-default",
      { path: [...path, "default"] },
      `the default breaks its own schema: ${message}`,
      help,
    );
  }
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

/** A misspelt keyword says nothing and would go unnoticed. */
function checkKeywords(
  findings: CheckContext["findings"],
  schema: JsonObject,
  path: Path,
  ours: readonly string[],
): void {
  for (const [key, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(key) && !key.startsWith("x-") && !ours.includes(key)) {
      const close = nearest(key, [...KEYWORDS, ...ours]);
      const help = close === undefined ? "keys of your own begin with `x-`" : `did you mean \`${close}\`?`;
      findings.error(
        "invalid-schema",
        { path: [...path, key], part: "key" },
        `\`${key}\` is no keyword of JSON Schema`,
        help,
      );
    }
    for (const [at, inner] of subschemas(key, value)) checkKeywords(findings, inner, [...path, key, ...at], []);
  }
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
