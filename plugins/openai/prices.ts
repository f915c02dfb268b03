import { type Price, type PriceRow, priceOfRow, priceRowOf } from "stagecraft/plugin";
import table from "./prices.json" with { type: "json" };

const ROWS: readonly PriceRow[] = table.prices;

/** OpenAI's list price of a model at a time, milliseconds; null where it is not known. It is never taken for 0. */
export function listPrice(model: string, at: number): Price | null {
  const row = priceRowOf(ROWS, { provider: "openai", model, at });
  return row === undefined ? null : priceOfRow(row);
}
