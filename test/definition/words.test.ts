import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { isObject, type Json, type JsonObject } from "../../src/core/json.js";
import { coreSchema } from "../../src/definition/schema/workflow.js";
import { GOLDEN } from "../support/golden.js";

const schema = coreSchema();

/** Words the schema has at a place for which none of the values there is an example, as paths. */
function unseen(at: JsonObject, values: readonly Json[], path: string, seen: Set<JsonObject>): string[] {
  const here = resolved(at);
  if (seen.has(here)) return [];
  seen.add(here);
  const objects = values.filter(isObject);
  const below = (inner: Json | undefined, found: readonly (Json | undefined)[], step: string) =>
    isObject(inner)
      ? unseen(inner, found.filter((value) => value !== undefined) as Json[], `${path}${step}`, seen)
      : [];
  const words = Object.entries(isObject(here["properties"]) ? here["properties"] : {}).flatMap(([word, inner]) => {
    const found = objects.map((value) => value[word]).filter((value) => value !== undefined);
    return found.length === 0 ? [`${path}.${word}`] : below(inner, found, `.${word}`);
  });
  const patterns = isObject(here["patternProperties"]) ? Object.values(here["patternProperties"]) : [];
  const open = isObject(here["additionalProperties"]) ? [here["additionalProperties"]] : [];
  const named = [...patterns, ...open].flatMap((inner) => below(inner, objects.flatMap(Object.values), ".*"));
  const items = below(here["items"], values.filter(Array.isArray).flat(), "[]");
  const choices = ["anyOf", "oneOf"].flatMap((key) => (Array.isArray(here[key]) ? (here[key] as Json[]) : []));
  return [...words, ...named, ...items, ...choices.flatMap((inner) => below(inner, values, ""))];
}

function resolved(at: JsonObject): JsonObject {
  const reference = at["$ref"];
  if (typeof reference !== "string") return at;
  return reference
    .split("/")
    .slice(1)
    .reduce((inner, step) => inner[step] as JsonObject, schema);
}

it("every word of the language stands in a definition without a finding", () => {
  const files = readdirSync(join(GOLDEN, "ok")).map((name) => parse(readFileSync(join(GOLDEN, "ok", name), "utf8")));
  // Descriptions of inputs are JSON Schema's own words; agents and tables are their plugins'.
  const ours = (path: string) => !/^\.(inputs|state|agents|rulesets)\.\*/.test(path);
  expect(unseen(schema, files, "", new Set()).filter(ours)).toEqual([]);
});
