import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import agent from "../../plugins/agent/index.js";
import openai from "../../plugins/openai/index.js";
import { listPrice } from "../../plugins/openai/prices.js";
import shipped from "../../plugins/openai/prices.json" with { type: "json" };
import { PRICE_TABLE } from "../../src/config/prices.js";
import { costOf, priceRowOf } from "../../src/core/price.js";
import type { AgentProvider, EffectStageType, Price } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";
import { serve } from "../support/http-server.js";

const NOW = Date.UTC(2026, 10, 22, 12);
const stage = agent.stages?.[0] as EffectStageType;

describe("the price table that ships", () => {
  it("has the form of every price table, each row with its day and source, and none twice", () => {
    const check = new Ajv2020({ allErrors: true }).compile(PRICE_TABLE);
    expect(check(shipped), JSON.stringify(check.errors)).toBe(true);
    const names = shipped.prices.map(({ model, date }) => `${model}@${date}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { source } of shipped.prices) expect(source).toMatch(/^https:/);
  });

  it("counts cached input at its own price, and a dated snapshot as its model", () => {
    const price = listPrice("gpt-5-mini-2025-08-07", NOW) as Price;
    expect(price.row).toBe("openai/gpt-5-mini@2026-11-22");
    const tokens = { inputTokens: 1_000_000, cachedTokens: 400_000, outputTokens: 100_000 };
    expect(costOf(price, tokens)).toBeCloseTo(0.6 * 0.25 + 0.4 * 0.025 + 0.1 * 2, 10);
  });

  it("says null of what nobody listed, which is not nothing", () => {
    expect(listPrice("gpt-99", NOW)).toBeNull();
    expect(listPrice("constructor", NOW)).toBeNull();
  });
});

describe("the row in force", () => {
  const row = (model: string, date: string, input: number) => ({
    ...{ provider: "local", model, date, source: "contract 7", input, output: 1 },
  });
  const rows = [row("qwen", "2026-03-01", 2), row("qwen", "2026-01-01", 1), row("qwen-2026-02-02", "2026-01-01", 9)];
  const at = (day: string, model = "qwen") => {
    return priceRowOf(rows, { provider: "local", model, at: Date.parse(day) })?.input;
  };

  it("is the last one whose day has come", () => {
    expect(at("2025-12-31T23:59:59Z")).toBeUndefined();
    expect([at("2026-01-01"), at("2026-02-28T23:00:00Z"), at("2026-03-01"), at("2027-01-01")]).toEqual([1, 1, 2, 2]);
  });

  it("is a snapshot's own before its model's", () => {
    expect([at("2026-03-02", "qwen-2026-02-02"), at("2026-03-02", "qwen-2026-02-03")]).toEqual([9, 2]);
  });
});

describe("what an answer is paid at", () => {
  const answer = {
    model: "qwen",
    choices: [{ index: 0, message: { content: "ok" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 60 } },
  };

  async function paid(prices: Readonly<Record<string, Price>>, price?: { input: number; output: number }) {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    try {
      const env = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_MODEL: "qwen-7b" };
      const agents = { clerk: { instructions: "Judge.", ...(price && { price }) } };
      const context = effectContext({ plugins: [agent, openai], agents, env, prices });
      await stage.run({ agent: "clerk", prompt: "x" }, context);
      return context.records.get("turn-1")?.usage;
    } finally {
      await server.close();
    }
  }

  it("is what the project's table says of the model, cached input apart, and the row is kept", async () => {
    const row = "openai/qwen@2026-01-01 (project)";
    const usage = await paid({ "openai/qwen": { input: 1_000, cachedInput: 100, output: 5_000, row } });
    expect(usage).toMatchObject({ cachedTokens: 60, price: row });
    expect(usage?.usd).toBeCloseTo((40 * 1_000 + 60 * 100 + 10 * 5_000) / 1e6, 10);
  });

  it("is found under the model that was asked for where the answer names none the table has", async () => {
    const asked = await paid({ "openai/qwen-7b": { input: 1_000, output: 0, row: "r" } });
    expect(asked).toMatchObject({ model: "qwen", price: "r", usd: 0.1 });
  });

  it("is the agent's own price before all others", async () => {
    const own = await paid({ "openai/qwen": { input: 1, output: 1 } }, { input: 1_000_000, output: 0 });
    expect(own).toMatchObject({ usd: 100, price: "the agent's own" });
  });

  it("is unknown, and says no row, where nobody lists it", async () => {
    const usage = await paid({});
    expect(usage?.usd).toBeNull();
    expect(usage).not.toHaveProperty("price");
  });

  it("names the model that would answer also before it does", async () => {
    const provider = openai.providers?.[0] as AgentProvider;
    const request = { agent: "a", instructions: "", input: null, messages: [], examples: [], tools: [], options: {} };
    expect(provider.model?.(request, effectContext({ env: { OPENAI_MODEL: "qwen-7b" } }))).toBe("qwen-7b");
  });
});
