import { describe, expect, test } from "vitest";
import { type Type, typeName, typeOfSchema } from "../../src/core/expression/index.js";

describe("the type of a schema", () => {
  const shown = (schema: Parameters<typeof typeOfSchema>[0]): unknown => plain(typeOfSchema(schema));
  const plain = (type: Type): unknown => {
    if (type.kind === "object") {
      const fields = [...type.fields].map(([name, field]) => [field.presence ? `${name}?` : name, plain(field.type)]);
      return { ...Object.fromEntries(fields), ...(type.rest && { "*": plain(type.rest) }) };
    }
    if (type.kind === "list") return [plain(type.item)];
    if (type.kind === "union") return type.options.map(plain).join(" or ");
    return "values" in type && type.values ? type.values.join("|") : typeName(type);
  };

  test.each<[Parameters<typeof typeOfSchema>[0], unknown]>([
    [{ type: "string" }, "string"],
    [{ type: "integer" }, "number"],
    [{ type: ["boolean", "null"] }, "boolean or null"],
    [{ const: "a" }, "a"],
    [{ enum: ["a", 1, null] }, "a or 1 or null"],
    [{ type: "array" }, ["any"]],
    [{ type: "array", prefixItems: [{ type: "string" }], items: false }, ["string"]],
    [{ type: "array", prefixItems: [{ type: "string" }], items: { type: "number" } }, ["string or number"]],
    [{ items: { type: "number" } }, ["number"]],
    [{ type: "object" }, { "*": "any" }],
    [{ properties: { a: { type: "string" } } }, { "a?": "string" }],
    [
      { type: "object", properties: { a: true }, additionalProperties: true, required: ["a"] },
      { a: "any", "*": "any" },
    ],
    [{ type: "object", additionalProperties: { type: "number" } }, { "*": "number" }],
    [{ type: "object", additionalProperties: false }, {}],
    [
      { type: "object", properties: { a: {} }, patternProperties: { "^x": {} } },
      { "a?": "any", "*": "any" },
    ],
    [{ anyOf: [{ type: "string" }, { type: "number" }] }, "string or number"],
    [{ type: "string", anyOf: [{ minLength: 1 }, { maxLength: 3 }] }, "string"],
    [{ type: ["string", "number"], oneOf: [{ type: "number" }] }, "number"],
    [
      {
        oneOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { properties: { b: { type: "number" } } }],
      },
      { "a?": "string", "b?": "number" },
    ],
    [
      {
        type: "object",
        properties: { a: { type: "string" } },
        allOf: [{ required: ["a"], properties: { a: { enum: ["x"] }, b: {} } }],
      },
      { a: "x", "b?": "any" },
    ],
    [{ allOf: [{ type: "object" }, { type: "object" }] }, { "*": "any" }],
    [{ allOf: [{ type: "string" }, { type: "number" }] }, "string"],
    [{ $ref: "#/$defs/money", $defs: { money: { type: "number" } } }, "number"],
    [{ $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "string" } } }, "string"],
    [{ $ref: "#/$defs/none" }, "any"],
    [{ $ref: "https://example.org/x" }, "any"],
    [{ $ref: "#/$defs/constructor", $defs: {} }, "any"],
    [{ type: "object", properties: { next: { $ref: "#" } } }, { "next?": { "next?": "any" } }],
    [{ type: "nonsense" }, "any"],
    [{}, "any"],
    [{ enum: [[1, 2]] }, ["1|2"]],
    [{ const: { b: 1 } }, { b: "1" }],
  ])("%j", (schema, expected) => {
    expect(shown(schema)).toEqual(expected);
  });

  test("keeps what a date is, for hints", () => {
    expect(typeOfSchema({ type: "string", format: "email" })).toEqual({ kind: "string", format: "email" });
  });

  test.each([
    ["^[A-Z]{2}-\\d+$", true],
    ["^(?:draft|v[0-9]+\\.[0-9]+)$", true],
    ["^[\\w:-]*$", true],
    ["[A-Z]+", false],
    ["^a|b$", false],
    ["^.*$", false],
    ["^[^x]$", false],
    ["^[ -~]+$", false],
    ["^\\S+$", false],
    ["^[a-z';]+$", false],
    ["^a\\$", false],
  ])("trusts a text of the pattern %s: %s", (pattern, trusted) => {
    expect(typeOfSchema({ type: "string", pattern })).toEqual({ kind: "string", ...(trusted && { trusted }) });
  });

  test("trusts dates and ids, not addresses", () => {
    const isTrusted = (format: string) => "trusted" in typeOfSchema({ type: "string", format });
    expect(["date", "uuid", "uri", "email", "hostname"].map(isTrusted)).toEqual([true, true, false, false, false]);
  });

  test("ends for a schema nested without end", () => {
    let schema: Parameters<typeof typeOfSchema>[0] = { type: "string" };
    for (let i = 0; i < 5_000; i++) schema = { type: "array", items: schema };
    expect(typeName(typeOfSchema(schema))).toContain("list<list<");
  });
});
