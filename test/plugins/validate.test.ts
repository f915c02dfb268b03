import { describe, expect, it } from "vitest";
import plugin from "../../plugins/validate/index.js";
import type { JsonObject } from "../../src/core/json.js";
import type { PureStageType } from "../../src/plugin/api.js";
import { pureContext } from "../support/context.js";

const stage = plugin.stages?.[0] as PureStageType;
const run = async (input: JsonObject) => (await stage.run(input, pureContext())).outputs;
const person = {
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: { name: { type: "string" }, email: { type: "string", format: "email" }, tier: { enum: ["a", "b"] } },
};
const rows = [{ name: "Ann" }, { name: 5 }, { email: "x" }, { name: "Bob", email: "bob@example.org" }];

describe("validate", () => {
  it("passes data that is valid as a whole", async () => {
    expect(await run({ data: { name: "Ann" }, schema: person })).toEqual({
      valid: true,
      items: [{ name: "Ann" }],
      quarantined: [],
      total: 1,
      validCount: 1,
      invalidCount: 0,
      quality: 1,
    });
  });

  it("fails with every fault of data that is not", async () => {
    await expect(run({ data: { nmae: "Ann", email: "x", tier: "c" }, schema: person })).rejects.toMatchObject({
      code: "validation-failed",
      retryable: false,
      details: {
        invalid: 1,
        total: 1,
        errors: [
          {
            errors: expect.arrayContaining([
              { path: "", message: "must have required property 'name'" },
              { path: "", message: "has the unknown field nmae" },
              { path: "/email", message: 'must match format "email"' },
              { path: "/tier", message: "must be one of a, b" },
            ]),
          },
        ],
      },
    });
  });

  it("keeps bad items apart, with their place and why", async () => {
    const outputs = await run({ data: rows, each: true, schema: person, onInvalid: "quarantine" });
    expect(outputs).toMatchObject({
      valid: false,
      items: [rows[0], rows[3]],
      total: 4,
      validCount: 2,
      invalidCount: 2,
      quality: 0.5,
    });
    expect(outputs.quarantined).toEqual([
      { index: 1, item: rows[1], errors: [{ path: "/name", message: "must be string" }] },
      {
        index: 2,
        item: rows[2],
        errors: expect.arrayContaining([{ path: "/email", message: 'must match format "email"' }]),
      },
    ]);
  });

  it.each<[JsonObject, boolean]>([
    [{}, false],
    [{ minValidPercent: 50 }, true],
    [{ minValidPercent: 50.01 }, false],
    [{ onInvalid: "quarantine" }, true],
    [{ onInvalid: "quarantine", minValidPercent: 51 }, false],
    [{ onInvalid: "quarantine", minValidPercent: 0 }, true],
  ])("of 2 in 4 valid, %j passes: %s", async (over, passes) => {
    const outcome = await run({ data: rows, each: true, schema: person, ...over }).then(
      () => true,
      (error) => error.code !== "validation-failed",
    );
    expect(outcome).toBe(passes);
  });

  it("lists the first bad items of a failure and counts them all", async () => {
    const data = Array.from({ length: 500 }, () => ({}));
    const error = await run({ data, each: true, schema: person }).catch((thrown) => thrown);
    expect(error.message).toBe("500 of 500 items are invalid; item 0: the value must have required property 'name'");
    expect(error.details).toMatchObject({ invalid: 500, total: 500 });
    expect(error.details.errors).toHaveLength(20);
  });

  it("has nothing against an empty list", async () => {
    expect(await run({ data: [], each: true, schema: person })).toMatchObject({ valid: true, quality: 1, total: 0 });
  });

  it("needs a list for each", async () => {
    await expect(run({ data: {}, each: true, schema: person })).rejects.toMatchObject({ code: "validation-failed" });
  });

  it("takes a schema file as reading leaves it", async () => {
    const schema = { file: "person.schema.json", text: JSON.stringify(person) };
    expect(await run({ data: { name: "Ann" }, schema })).toMatchObject({ valid: true });
    await expect(run({ data: {}, schema: { file: "x.json" } })).rejects.toMatchObject({ code: "validate-schema" });
  });
});
