import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../../src/core/json.js";
import { checkInputs, coerceInput } from "../../src/definition/index.js";

const workflow = {
  inputs: {
    amount: { type: "number", exclusiveMinimum: 0 },
    mail: { type: "string", format: "email", description: "Who asks." },
    country: { type: "string", enum: ["DE", "US"], default: "DE" },
    note: { type: "string" },
    rows: { type: "array", items: { type: "object", required: ["id"], properties: { id: { type: "string" } } } },
  } satisfies Record<string, JsonSchema>,
  optional: ["note", "rows"],
};

describe("inputs of a run", () => {
  it("have their defaults filled in, and optional ones may be left out", () => {
    const { values, issues } = checkInputs(workflow, { amount: 5, mail: "ann@example.org" });
    expect(issues).toEqual([]);
    expect(values).toEqual({ amount: 5, mail: "ann@example.org", country: "DE" });
  });

  it("are told everything that is wrong with them at once, each by its path", () => {
    const given = { amuont: 3, country: "FR", amount: 0, rows: [{ id: "a" }, {}] };
    const { issues } = checkInputs(workflow, given);
    expect(issues.map(({ code, path, help }) => [code, path, help])).toEqual([
      ["unknown-input", "amuont", "did you mean `amount`?"],
      ["invalid-input", "amount", undefined],
      ["missing-input", "mail", "Who asks."],
      ["invalid-input", "country", "one of DE, US"],
      ["invalid-input", "rows[1]", undefined],
    ]);
  });

  it("never find an input in what every object has of itself", () => {
    const { issues } = checkInputs({ inputs: {}, optional: [] }, { constructor: 1, toString: 2 });
    expect(issues.map(({ code }) => code)).toEqual(["unknown-input", "unknown-input"]);
  });
});

describe("an input given as text", () => {
  it.each<[JsonSchema, string, unknown]>([
    [{ type: "number" }, "12.5", 12.5],
    [{ type: "integer" }, "-3", -3],
    [{ type: "number" }, "many", "many"],
    [{ type: "string" }, "12", "12"],
    [{ type: "string" }, "true", "true"],
    [{ type: "boolean" }, "true", true],
    [{ type: "boolean" }, "yes", "yes"],
    [{ type: ["string", "null"] }, "null", "null"],
    [{ type: ["integer", "null"] }, "null", null],
    [{ type: "array", items: { type: "number" } }, "1,2", [1, 2]],
    [{ type: "array", items: { type: "number" } }, "[1, 2]", [1, 2]],
    [{ type: "object" }, '{"a":1}', { a: 1 }],
    [{ type: "object" }, "{a", "{a"],
    [{ enum: [1, 2] }, "2", 2],
    [{}, "7", 7],
    [{}, "seven", "seven"],
  ])("of %j, %j is %j", (schema, text, value) => {
    expect(coerceInput(schema, text)).toEqual(value);
  });
});
