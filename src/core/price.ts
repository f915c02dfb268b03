/** What tokens cost: US dollars per million. */
export interface Price {
  readonly input: number;
  /** Of input that the provider read from its cache; without it, as other input. */
  readonly cachedInput?: number;
  readonly output: number;
  /** Who says so: the row of a price table, `openai/gpt-5-mini@2026-11-22`. It is kept with what is paid. */
  readonly row?: string;
}

/** A row of a price table. */
export interface PriceRow extends Omit<Price, "row"> {
  readonly provider: string;
  readonly model: string;
  /** The day on which its source said so, UTC, `2026-11-22`. It holds from then until the next row of the model. */
  readonly date: string;
  readonly source: string;
}

/** Tokens of one answer; `cachedTokens` are among the `inputTokens`. */
interface Tokens {
  readonly inputTokens: number;
  readonly cachedTokens?: number | undefined;
  readonly outputTokens: number;
}

const MILLION = 1_000_000;

/** The row in force at a time: milliseconds since the epoch. A dated snapshot of a model costs what the model does. */
export function priceRowOf(
  rows: readonly PriceRow[],
  { provider, model, at }: { readonly provider: string; readonly model: string; readonly at: number },
): PriceRow | undefined {
  const day = new Date(at).toISOString().slice(0, 10);
  const names = [model, model.replace(/-\d{4}-\d{2}-\d{2}$/, "")];
  for (const name of names) {
    const known = rows.filter((row) => row.provider === provider && row.model === name && row.date <= day);
    if (known.length > 0) return known.reduce((last, row) => (row.date > last.date ? row : last));
  }
  return undefined;
}

/** The price a row says, under the row's name. `whose` marks a table that is not the provider's own list. */
export function priceOfRow(row: PriceRow, whose?: string): Price {
  const { provider, model, date, input, cachedInput, output } = row;
  const name = `${provider}/${model}@${date}${whose === undefined ? "" : ` (${whose})`}`;
  return { input, output, row: name, ...(cachedInput === undefined ? {} : { cachedInput }) };
}

/** Dollars. */
export function costOf(price: Price, { inputTokens, cachedTokens = 0, outputTokens }: Tokens): number {
  const { input, cachedInput = input, output } = price;
  return ((inputTokens - cachedTokens) * input + cachedTokens * cachedInput + outputTokens * output) / MILLION;
}

/** The part of a usage that says what it cost. Without a price the dollars are unknown, never 0. */
export function paidAt(price: Price | null, tokens: Tokens): { readonly usd: number | null; readonly price?: string } {
  if (price === null) return { usd: null };
  return { usd: costOf(price, tokens), ...(price.row === undefined ? {} : { price: price.row }) };
}
