import type { Price } from "stagecraft/plugin";

/**
 * List prices in US dollars per million tokens: input, cached input, output.
 * An unknown model, or another server, has no price here: its cost is null, never 0.
 */
export const PRICES = {
  date: "2026-11-22",
  source: "https://developers.openai.com/api/docs/pricing (standard tier), as repeated alike by several public tables",
  usdPerMillion: {
    "gpt-5.5": [5, 0.5, 30],
    "gpt-5.4": [2.5, 0.25, 15],
    "gpt-5.4-mini": [0.75, 0.075, 4.5],
    "gpt-5.4-nano": [0.2, 0.02, 1.25],
    "gpt-5.2": [1.75, 0.175, 14],
    "gpt-5.1": [1.25, 0.125, 10],
    "gpt-5": [1.25, 0.125, 10],
    "gpt-5-mini": [0.25, 0.025, 2],
    "gpt-5-nano": [0.05, 0.005, 0.4],
    "gpt-4.1": [2, 0.5, 8],
    "gpt-4.1-mini": [0.4, 0.1, 1.6],
    "gpt-4.1-nano": [0.1, 0.025, 0.4],
    "gpt-4o": [2.5, 1.25, 10],
    "gpt-4o-mini": [0.15, 0.075, 0.6],
    o3: [2, 0.5, 8],
    "o4-mini": [1.1, 0.275, 4.4],
  } as Readonly<Record<string, readonly [input: number, cached: number, output: number]>>,
};

/** Tokens of one answer; `cached` is the part of `input` read from the provider's cache. */
export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Dollars per million tokens of `model`, the cache left aside; null when they are not known. */
export function listPrice(model: string): Price | null {
  const price = entryOf(model);
  return price === undefined ? null : { input: price[0], output: price[2] };
}

/** Dollars for an answer of `model` at OpenAI's list price, or null when the price is not known. */
export function priceOf(model: string, tokens: Tokens): number | null {
  const price = entryOf(model);
  if (price === undefined) return null;
  const [input, cached, output] = price;
  return ((tokens.input - tokens.cached) * input + tokens.cached * cached + tokens.output * output) / 1_000_000;
}

function entryOf(model: string) {
  // A dated snapshot costs what its model costs.
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  return Object.hasOwn(PRICES.usdPerMillion, name) ? PRICES.usdPerMillion[name] : undefined;
}
