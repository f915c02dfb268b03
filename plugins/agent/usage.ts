import type { AgentProvider, AgentRequest, Price, StageContext, Usage } from "stagecraft/plugin";
import type { Agent } from "./agent.js";

/** Counted for an answer where the agent has no `limits.maxOutputTokens`. */
const USUAL_OUTPUT = 4_096;
/** What chat formats put around each message: tokens. */
const AROUND = 4;
/** Few tokens are shorter than this in any script: bytes of UTF-8. */
const TOKEN_BYTES = 3;

/** The most a turn is taken to use before it is asked for. */
export function estimate(agent: Agent, provider: AgentProvider, request: AgentRequest, context: StageContext): Usage {
  const { instructions, messages, output, examples, tools } = request;
  const said = JSON.stringify([instructions, messages, output ?? null, examples, tools]);
  const used = {
    provider: provider.name,
    model: agent.model ?? provider.name,
    inputTokens: Math.ceil(new TextEncoder().encode(said).length / TOKEN_BYTES) + AROUND * (messages.length + 1),
    outputTokens: agent.maxOutputTokens ?? USUAL_OUTPUT,
    estimated: true,
  };
  const own = provider.price?.(request, context) ?? null;
  // What costs nothing, such as a recorded answer, does so for any agent.
  const price = own?.input === 0 && own.output === 0 ? own : (agent.price ?? own);
  return { ...used, usd: price === null ? null : costOf(price, used) };
}

/** What a turn used, at the agent's own price where it has one and the answer was not free. */
export function priced({ price }: Agent, usage: Usage): Usage {
  return price === undefined || usage.usd === 0 ? usage : { ...usage, usd: costOf(price, usage) };
}

function costOf({ input, output }: Price, used: Pick<Usage, "inputTokens" | "outputTokens">): number {
  return (used.inputTokens * input + used.outputTokens * output) / 1_000_000;
}

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
