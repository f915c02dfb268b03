import type { Usage } from "stagecraft/plugin";

/** What several answers used together. One unknown price makes the sum unknown: it is never taken for nothing. */
export function sumUsage(parts: readonly Usage[]): Usage | undefined {
  const last = parts.at(-1);
  if (last === undefined) return undefined;
  let inputTokens = 0;
  let outputTokens = 0;
  let usd: number | null = 0;
  for (const part of parts) {
    inputTokens += part.inputTokens;
    outputTokens += part.outputTokens;
    usd = usd === null || part.usd === null ? null : usd + part.usd;
  }
  const estimated = parts.some((part) => part.estimated);
  return { provider: last.provider, model: last.model, inputTokens, outputTokens, estimated, usd };
}
