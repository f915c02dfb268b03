import type { Spending, Store } from "../engine/ports.js";

export type CostGroup = "workflow" | "stage" | "model" | "day";

export interface CostOptions {
  readonly by: CostGroup;
  /** At or after: milliseconds. */
  readonly since?: number;
  readonly workflow?: string;
}

/** What the calls of one workflow, stage, model or day came to. `usd` leaves the `unpriced` ones out. */
export interface Cost extends Omit<Spending, "workflow" | "stage" | "provider" | "model" | "day" | "price"> {
  readonly key: string;
  /** What the dollars were worked out with: rows of price tables. */
  readonly prices: readonly string[];
  /** Models whose price nobody knew, as `provider/model`. */
  readonly unknown: readonly string[];
}

/** The dearest first; days in their own order. */
export async function costsOf(store: Store, { by, ...filter }: CostOptions): Promise<readonly Cost[]> {
  const costs = new Map<string, Cost>();
  for (const spending of await store.spending(filter)) {
    const key = keyOf(spending, by);
    costs.set(key, sumOf(costs.get(key), spending, key));
  }
  const dearest = (a: Cost, b: Cost) => b.usd - a.usd || b.calls - a.calls || (a.key < b.key ? -1 : 1);
  return [...costs.values()].sort(by === "day" ? (a, b) => (a.key < b.key ? -1 : 1) : dearest);
}

/** Items, iterations and tries of a stage count as the stage. */
function keyOf({ workflow, stage, provider, model, day }: Spending, by: CostGroup): string {
  if (by === "stage") return `${workflow}/${stage.replaceAll(/\[\d+\]|#\d+|~\d+/g, "")}`;
  return { workflow, model: `${provider}/${model}`, day }[by];
}

function sumOf(sum: Cost | undefined, more: Spending, key: string): Cost {
  return {
    key,
    prices: joined(sum?.prices, more.price ?? undefined),
    unknown: joined(sum?.unknown, more.unpriced > 0 ? `${more.provider}/${more.model}` : undefined),
    calls: (sum?.calls ?? 0) + more.calls,
    unpriced: (sum?.unpriced ?? 0) + more.unpriced,
    estimated: (sum?.estimated ?? 0) + more.estimated,
    inputTokens: (sum?.inputTokens ?? 0) + more.inputTokens,
    outputTokens: (sum?.outputTokens ?? 0) + more.outputTokens,
    usd: (sum?.usd ?? 0) + more.usd,
  };
}

function joined(list: readonly string[] = [], one?: string): readonly string[] {
  return one === undefined || list.includes(one) ? list : [...list, one].sort();
}
