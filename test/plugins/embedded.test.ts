import { describe, expect, it } from "vitest";
import embedded from "../../plugins/embedded/index.js";
import type { AgentProvider, AgentReply, AgentRequest, Json, JsonObject, JsonSchema } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";

const provider = embedded.providers?.[0] as AgentProvider;

const ask = (input: Json, properties: JsonObject, more: Partial<AgentRequest> & { required?: string[] } = {}) => {
  const { required = Object.keys(properties), ...rest } = more;
  const output: JsonSchema = { type: "object", additionalProperties: false, required, properties };
  const request: AgentRequest = {
    agent: "clerk",
    instructions: "",
    input,
    messages: [],
    output,
    examples: [],
    tools: [],
    options: {},
    ...rest,
  };
  return provider.complete(request, effectContext());
};
const read = async (input: Json, property: JsonSchema, name = "field") =>
  ((await ask(input, { [name]: property })).output as JsonObject)[name];

const number = { type: "number" };
const text = { type: "string" };
const date = { type: "string", format: "date" };

describe("amounts", () => {
  it.each([
    ["Total: EUR 12,400.50", 12400.5],
    ["Total: 12.400,50 €", 12400.5],
    ["Total: CHF 5'480.00", 5480],
    ["Total: $1.5 million", 1_500_000],
    ["Total: 30k EUR", 30_000],
    ["Subtotal: 80.00 EUR\nTotal: 95.20 EUR\nPaid: 10.00 EUR", 95.2],
    ["Order 20260101 of 2026-01-01, total 99 EUR", 99],
  ])("%j is %d in total", async (input, total) => {
    expect(await read(input, number, "total")).toBe(total);
  });

  it("are told apart by the words near them", async () => {
    const input = "Net amount 100.00 EUR, shipping 12.50 EUR, VAT 21.38 EUR.";
    expect((await ask(input, { net: number, shipping: number, vat: number })).output).toEqual({
      net: 100,
      shipping: 12.5,
      vat: 21.38,
    });
  });
});

describe("dates", () => {
  it.each([
    ["Due 2026-04-02", "2026-04-02"],
    ["due on 2 April 2026", "2026-04-02"],
    ["due April 2nd, 2026", "2026-04-02"],
    ["due 02.04.2026", "2026-04-02"],
    ["due 04/02/2026", "2026-04-02"],
    ["due 30/04/2026", "2026-04-30"],
  ])("%j", async (input, due) => {
    expect(await read(input, date, "dueDate")).toBe(due);
  });

  it("that do not exist are none", async () => {
    const reply = await ask("due 2026-02-31", { dueDate: date }, { required: [] });
    expect(reply.output).toEqual({});
  });
});

describe("choices", () => {
  const category = { type: "string", enum: ["invoice", "contract", "other"] };

  it("follow the value's name, and a denial is none", async () => {
    expect(await read("Here is the signed contract.", category)).toBe("contract");
    expect(await read("There is no contract, only an invoice.", category)).toBe("invoice");
    expect(await read("Nice weather.", category)).toBe("other");
  });

  it("follow x-keywords", async () => {
    const lane = { type: "string", enum: ["fast", "slow"], "x-keywords": { fast: ["express"], slow: ["pallet"] } };
    expect(await read("Send by express courier", lane)).toBe("fast");
    expect(await read("One pallet by ship", lane)).toBe("slow");
  });

  it("follow the most alike example, by words and by magnitude", async () => {
    const examples = [
      { input: { amount: 100, note: "stationery" }, output: { field: "manager" } },
      { input: { amount: 90_000, note: "machine" }, output: { field: "board" } },
    ];
    const tier = { field: { type: "string", enum: ["manager", "board"] } };
    expect((await ask({ amount: 250, note: "paper" }, tier, { examples })).output).toEqual({ field: "manager" });
    expect((await ask({ amount: 70_000, note: "press" }, tier, { examples })).output).toEqual({ field: "board" });
  });

  it("of a level and a score move with the evidence", async () => {
    const fields = {
      risk: { type: "string", enum: ["low", "medium", "high"] },
      riskScore: { type: "number", minimum: 0, maximum: 1 },
    };
    const calm = (await ask("Routine order, approved, within budget, known vendor.", fields)).output as JsonObject;
    const alarming = (await ask("Urgent cash payment to an unknown offshore vendor, contract missing.", fields))
      .output as JsonObject;
    expect([calm["risk"], alarming["risk"]]).toEqual(["low", "high"]);
    expect(calm["riskScore"]).toBeLessThan(alarming["riskScore"] as number);
  });
});

describe("structured input", () => {
  it("gives its fields by name, in any style, nested too", async () => {
    const input = {
      vendor_name: "Acme",
      Contact: { "e-mail": "a@acme.example" },
      items: [{ sku: "A1", qty: "3" }],
      open: "yes",
    };
    const line = {
      type: "object",
      required: ["sku", "quantity"],
      properties: { sku: text, quantity: { type: "integer" } },
    };
    const { output } = await ask(input, {
      vendorName: text,
      contact: { type: "object", required: ["email"], properties: { email: { type: "string", format: "email" } } },
      items: { type: "array", items: line },
      itemCount: { type: "integer" },
      open: { type: "boolean" },
    });
    expect(output).toEqual({
      vendorName: "Acme",
      contact: { email: "a@acme.example" },
      items: [{ sku: "A1", quantity: 3 }],
      itemCount: 1,
      open: true,
    });
  });

  it("with names of the prototype does no harm", async () => {
    const { output } = await ask(
      { constructor: "x" },
      { constructor: text, toString: text },
      { required: ["constructor"] },
    );
    expect(output).toMatchObject({ constructor: "x" });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("what is not found", () => {
  it("is a placeholder that fits, with a warning that names the field", async () => {
    const reply = await ask("Hello", {
      total: number,
      code: { type: "string", minLength: 9 },
      kind: { enum: ["a1", "b2"] },
    });
    expect(reply.output).toEqual({ total: 0, code: "unknown--", kind: "a1" });
    expect(reply.warnings).toHaveLength(3);
    expect(reply.warnings?.[0]).toContain("total");
  });

  it("is left out where it may be, null where that is allowed, and the default where there is one", async () => {
    const fields = { a: number, b: { type: ["number", "null"] }, c: { type: "number", default: 7 } };
    const reply = await ask("Hello", fields, { required: ["b", "c"] });
    expect(reply.output).toEqual({ b: null, c: 7 });
  });

  it("lowers the confidence", async () => {
    const fields = { total: number, dueDate: date, confidence: { type: "number", minimum: 0, maximum: 1 } };
    expect(((await ask("Total 5 EUR due 2026-01-01", fields)).output as JsonObject)["confidence"]).toBe(1);
    expect(((await ask("Total 5 EUR", fields)).output as JsonObject)["confidence"]).toBe(0.5);
  });
});

describe("free text", () => {
  it("is made of the input's own sentences", async () => {
    const input =
      "Dear team,\nThe pump in hall 4 leaks. It was repaired last year. The leak grows every day and the pump must be replaced.\nRegards\nAnn";
    const summary = (await read(input, { type: "string", maxLength: 120 }, "summary")) as string;
    expect(summary.length).toBeLessThanOrEqual(120);
    expect(input).toContain(summary.split(". ")[0]);
    expect(summary).not.toContain("Dear");
  });

  it("keeps a number that a sentence begins with, and drops the number of a list", async () => {
    const summary = await read("59 of 60 rows are valid.\n2. One is set aside.", { type: "string" }, "summary");
    expect(summary).toBe("59 of 60 rows are valid. One is set aside.");
  });

  it("is the answer of an agent without a schema", async () => {
    const request = {
      agent: "a",
      instructions: "",
      input: null,
      messages: [{ role: "user" as const, content: "The roof leaks badly." }],
      examples: [],
      tools: [],
      options: {},
    };
    const reply: AgentReply = await provider.complete(request, effectContext());
    expect(reply.text).toBe("The roof leaks badly.");
    expect(reply.usage).toEqual({
      provider: "embedded",
      model: "embedded-extractor-1",
      inputTokens: 6,
      outputTokens: 6,
      estimated: true,
      usd: 0,
    });
  });
});

describe("tools", () => {
  const fetchRate = {
    name: "rate.lookup",
    description: "",
    input: { type: "object", required: ["currency"], properties: { currency: text } },
  };

  it("are called once when their required arguments are in the input, and their results are read", async () => {
    const first = await ask("Pay 50 CHF", { rate: number }, { tools: [fetchRate] });
    expect(first.toolCalls).toEqual([{ id: "embedded-1", name: "rate.lookup", arguments: { currency: "CHF" } }]);
    const messages: AgentRequest["messages"] = [
      { role: "assistant", content: "", toolCalls: first.toolCalls },
      { role: "tool", toolCallId: "embedded-1", name: "rate.lookup", content: '{"rate":1.07}' },
    ];
    const second = await ask("Pay 50 CHF", { rate: number }, { tools: [fetchRate], messages });
    expect(second).toMatchObject({ output: { rate: 1.07 }, toolCalls: [] });
  });

  it("are not called with a guess", async () => {
    expect((await ask("Nothing here", { rate: number }, { tools: [fetchRate] })).toolCalls).toEqual([]);
  });
});
