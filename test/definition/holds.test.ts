import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonSchema } from "../../src/core/json.js";
import { holds, isPlain } from "../../src/definition/holds/index.js";
import { coreSchema } from "../../src/definition/schema/workflow.js";
import { ajvFaults } from "../../src/definition/validator.js";

const scalar = fc.constantFrom<Json>(null, true, false, 0, 1, 2, 1.5, "", "a", "ab", "b", "😀", "${{ inputs.a }}");
const value = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2 },
    { weight: 3, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie("json"), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("a", "ab", "b", "x-a"), tie("json"), { maxKeys: 3 }) },
  ),
})).json;

const names = fc.uniqueArray(fc.constantFrom("a", "ab", "b"), { maxLength: 2 });

const leaves = {
  type: fc.constantFrom("string", "number", "integer", "object", "array", "boolean", "null", ["string", "object"]),
  enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
  const: scalar,
  pattern: fc.constantFrom("^a", "b$", "."),
  minLength: fc.nat(2),
  maxLength: fc.nat(2),
  minimum: fc.nat(2),
  exclusiveMaximum: fc.nat(2),
  minItems: fc.nat(2),
  maxProperties: fc.nat(2),
  uniqueItems: fc.boolean(),
  required: names,
  propertyNames: fc.record({ pattern: fc.constantFrom("^a", "b$") }),
  dependentRequired: fc.dictionary(fc.constantFrom("a", "b"), names, { maxKeys: 2 }),
};

/** A few keywords of many: with all of them nothing would hold. */
function some(keywords: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<JsonSchema> {
  const entries = Object.entries(keywords).map(([name, given]) => given.map((one) => [name, one] as const));
  const list = fc.array(fc.oneof(...entries), { maxLength: 3 });
  return list.map((chosen) => Object.fromEntries(chosen) as JsonSchema);
}

const leaf = some(leaves);
const middle = schemaOver(leaf);
const schema = fc.oneof(leaf, middle, schemaOver(middle));

function schemaOver(inner: fc.Arbitrary<JsonSchema>): fc.Arbitrary<JsonSchema> {
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  return some({
    ...leaves,
    properties: fc.dictionary(fc.constantFrom("a", "ab", "b"), inner, { maxKeys: 3 }),
    patternProperties: fc.dictionary(fc.constantFrom("^a", "b$"), inner, { maxKeys: 2 }),
    additionalProperties: fc.oneof(fc.boolean(), inner),
    items: inner,
    anyOf: list,
    oneOf: list,
    allOf: list,
    not: inner,
    if: inner,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: inner,
    else: inner,
  });
}

describe("a fast yes", () => {
  it("is said of a value only where ajv says it", () => {
    let yes = 0;
    fc.assert(
      fc.property(schema, value, (rules, given) => {
        if (!holds(rules, given)) return;
        yes += 1;
        expect(ajvFaults(rules, given)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect(yes).toBeGreaterThan(100);
  });

  it("is said of a schema only where ajv can use it", () => {
    fc.assert(
      fc.property(schema, (rules) => {
        if (isPlain(rules)) expect(() => ajvFaults(rules, null)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it.each<JsonSchema>([
    { type: "text" },
    { type: [] },
    { enum: [] },
    { enum: ["a", "a"] },
    { enum: [["a"]] },
    { pattern: "(" },
    { minLength: -1 },
    { minimum: "1" },
    { required: ["a", "a"] },
    { properties: { a: 1 } },
    { items: [{ type: "string" }] },
    { anyOf: [] },
    { $ref: "#/$defs/missing" },
    { $ref: "other.json" },
    { description: 1 },
    { $defs: { a: { type: "text" } } },
    { else: { type: "text" } },
    { nullable: true },
    { misspelt: true },
  ])("is not said of %j, which ajv must judge", (rules) => {
    expect(isPlain(rules)).toBe(false);
    expect(holds(rules, "a")).toBe(false);
  });

  it("is said of the language itself, and of a schema that contains itself", () => {
    expect(isPlain(coreSchema())).toBe(true);
    const tree = { type: "object", properties: { a: { $ref: "#" } }, additionalProperties: false };
    expect(holds(tree, { a: { a: {} } })).toBe(true);
    expect(holds(tree, { a: { a: { b: 1 } } })).toBe(false);
  });

  it("leaves formats to ajv", () => {
    expect(isPlain({ format: "date" })).toBe(true);
    expect(holds({ format: "date" }, "2026-01-01")).toBe(false);
  });
});

describe("a fast yes of what is written", () => {
  const amount = { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] };

  it("takes an expression for what is wanted", () => {
    expect(holds(amount, { amount: "${{ inputs.amount }}" }, "written")).toBe(true);
    expect(holds(amount, { amount: "$${{ text }}" }, "written")).toBe(false);
    expect(holds(amount, { amount: "${{ inputs.amount }}" })).toBe(false);
  });

  it("is not said where a choice hangs on the expression", () => {
    expect(holds({ anyOf: [amount, { type: "string" }] }, { amount: "${{ inputs.amount }}" }, "written")).toBe(false);
  });
});
