import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import embedded from "../../plugins/embedded/index.js";
import type { AgentProvider, Json, JsonSchema } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";
import { extract } from "../support/embedded-quality.js";

const provider = embedded.providers?.[0] as AgentProvider;
const number = { type: "number" };
const text = { type: "string" };
const date = { type: "string", format: "date" };

const leaf: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.constant(text),
  fc.constant(number),
  // A form nothing was found for is not made up, so these may be null.
  fc.constant({ type: ["string", "null"], format: "date" }),
  fc.constant({ type: ["string", "null"], format: "email" }),
  fc.constant({ type: "boolean" }),
  fc.constant({ type: "null" }),
  fc.constant({ type: ["string", "null"] }),
  fc.constant({ type: "integer", minimum: 3, maximum: 9 }),
  fc.constant({ type: "number", exclusiveMinimum: 0 }),
  fc.constant({ type: "string", minLength: 4, maxLength: 12 }),
  fc.constant({ enum: ["low", "high", "other"] }),
  fc.constant({ const: 5 }),
);
const schema = fc.letrec<{ node: JsonSchema; object: JsonSchema }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie("object"),
    fc.record({ type: fc.constant("array"), items: tie("node"), maxItems: fc.constant(4) }) as fc.Arbitrary<JsonSchema>,
    fc.tuple(tie("node"), leaf).map(([a, b]) => ({ anyOf: [a, b] })),
  ),
  object: fc
    .dictionary(
      fc.constantFrom("total", "dueDate", "risk", "summary", "vendor", "items", "flags", "orderId", "score", "email"),
      tie("node"),
      { maxKeys: 4 },
    )
    .map((properties) => ({
      type: "object",
      additionalProperties: false,
      required: Object.keys(properties),
      properties,
    })),
})).object;

describe("the schema", () => {
  it("is obeyed whatever it is and whatever the input, and the answer is the same twice", async () => {
    const word = fc.constantFrom(
      "Total 5 EUR",
      "due 2026-01-01",
      "a@b.example",
      "urgent!",
      "no",
      "-3",
      "12.5 %",
      "Acme Ltd",
      "\u0000",
      "💥",
    );
    const input = fc.oneof(
      fc.jsonValue(),
      fc.array(word).map((words) => words.join(" ")),
      fc.dictionary(fc.string(), word),
    ) as fc.Arbitrary<Json>;
    await fc.assert(
      fc.asyncProperty(schema, input, async (output, value) => {
        const request = {
          agent: "a",
          instructions: "",
          input: value,
          messages: [],
          output,
          examples: [],
          tools: [],
          options: {},
        };
        const reply = await provider.complete(request, effectContext());
        const ajv = new Ajv2020({ strict: false });
        addFormats.default(ajv);
        expect(ajv.validate(output, reply.output), JSON.stringify(ajv.errors)).toBe(true);
        expect((await provider.complete(request, effectContext())).output).toEqual(reply.output);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an input made to be slow", () => {
  it.each([
    ["digits", "1".repeat(100_000)],
    ["capitals", "A".repeat(100_000)],
    ["dashes", "A-".repeat(50_000)],
    ["numbers", "total 5 ".repeat(15_000)],
    ["line breaks", `thanks${"\n".repeat(100_000)}`],
    ["spaces", `vendor${" ".repeat(100_000)}x`],
  ])("of %s holds nobody up", (_, input) => {
    const properties = {
      total: number,
      vendor: text,
      orderNumber: text,
      phone: text,
      dueDate: date,
      email: { type: "string", format: "email" },
      summary: text,
      flags: { type: "array", items: text },
    };
    const started = performance.now();
    extract({ type: "object", required: Object.keys(properties), properties }, input);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
