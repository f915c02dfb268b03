import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { generatedFiles } from "../../scripts/generated.js";
import type { Json, JsonSchema } from "../../src/core/json.js";
import { validate } from "../../src/definition/validator.js";
import { GOLDEN } from "../support/golden.js";
import { ROOT, shippedDefinition, shippedIds } from "../support/reading.js";

let files: Readonly<Record<string, string>>;
let schema: JsonSchema;
beforeAll(async () => {
  files = await generatedFiles();
  schema = JSON.parse(files["schemas/workflow.schema.json"] as string) as JsonSchema;
});

describe("generated files", () => {
  it("are committed as the code makes them (npm run schemas)", () => {
    const stale = Object.entries(files).filter(([file, text]) => readFileSync(join(ROOT, file), "utf8") !== text);
    expect(stale.map(([file]) => file)).toEqual([]);
  });
});

describe("the schema for editors", () => {
  const good = readdirSync(join(GOLDEN, "ok")).filter((name) => name.endsWith(".yaml"));

  it.each(good)("accepts %s", (name) => {
    const value = parse(readFileSync(join(GOLDEN, "ok", name), "utf8")) as Json;
    expect(validate(schema, value)).toEqual([]);
  });

  it.each(shippedIds)("accepts the shipped definition %s", (id) => {
    expect(validate(schema, parse(shippedDefinition(id)?.text ?? "") as Json)).toEqual([]);
  });

  it("refuses a wrong input of a stage type, and takes an expression for any value", () => {
    const stage = (input: Json): Json => ({
      apiVersion: "stagecraft/v1",
      id: "one",
      version: "1.0.0",
      stages: { call: { uses: "http", with: input } },
    });
    expect(validate(schema, stage({ url: "https://example.org", maxBytes: "${{ inputs.size }}" }))).toEqual([]);
    expect(validate(schema, stage({ url: "https://example.org", maxBytes: "many" }))).not.toEqual([]);
    expect(validate(schema, stage({ urll: "https://example.org" })).map(({ keyword }) => keyword)).toContain(
      "required",
    );
  });

  it("never offers a choice between whole stages: the type decides what `with` may be", () => {
    const stage = (schema["$defs"] as Record<string, JsonSchema>)["stage"] as JsonSchema;
    expect(Object.keys(stage)).not.toContain("oneOf");
    const branches = stage["allOf"] as readonly JsonSchema[];
    expect(branches.every((branch) => Object.keys(branch).join() === "if,then")).toBe(true);
  });

  it("describes every key", () => {
    const missing: string[] = [];
    const look = (node: JsonSchema, path: string): void => {
      for (const [name, field] of Object.entries((node["properties"] ?? {}) as Record<string, JsonSchema>)) {
        if (field["description"] === undefined && field["$ref"] === undefined) missing.push(`${path}.${name}`);
        if (field["type"] === "object") look(field, `${path}.${name}`);
      }
    };
    look(schema, "");
    look((schema["$defs"] as Record<string, JsonSchema>)["stage"] as JsonSchema, "stages");
    expect(missing).toEqual([]);
  });
});
