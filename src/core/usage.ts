import type { Usage } from "./event.js";

/** Both together, under the name of what came last. One unknown price makes the sum unknown: it is never taken for nothing. */
export function addUsage(sum: Usage | null, more: Usage | undefined): Usage | null {
  if (more === undefined || sum === null) return more ?? sum;
  return {
    provider: more.provider,
    model: more.model,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    estimated: sum.estimated || more.estimated,
    usd: sum.usd === null || more.usd === null ? null : sum.usd + more.usd,
  };
}
