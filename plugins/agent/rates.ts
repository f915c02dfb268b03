import type { AgentProvider, AgentRequest, Rate } from "stagecraft/plugin";
import type { Agent } from "./agent.js";
import { attachedTokens } from "./usage.js";

const MINUTE_MS = 60_000;
/** Characters of one token, about, in the languages and code that models read. */
const CHARACTERS = 4;
/** Taken for an answer whose length is not limited. */
const ANSWER_TOKENS = 1_000;

/**
 * What one answer takes of the agent's rates: as it is estimated, or as it turned out. Agents that ask one model of one
 * provider share them.
 */
export function ratesOf(
  agent: Agent,
  provider: AgentProvider,
  request: AgentRequest,
  tokens: number = estimate(request),
): readonly Rate[] {
  const { requestsPerMinute, tokensPerMinute } = agent;
  const model = `${provider.name}/${agent.options["baseUrl"] ?? ""}/${agent.model ?? "default"}`;
  const rate = (what: string, limit: number | undefined, cost: number): Rate[] =>
    limit === undefined ? [] : [{ group: `${what} of ${model}`, limit, per: MINUTE_MS, cost }];
  return [...rate("requests", requestsPerMinute, 1), ...rate("tokens", tokensPerMinute, tokens)];
}

/** Tokens in and out, before they are known. */
function estimate({ instructions, messages, tools, output, maxOutputTokens }: AgentRequest): number {
  const read = JSON.stringify([instructions, messages, tools, output ?? null]).length;
  return Math.ceil(read / CHARACTERS) + attachedTokens(messages) + (maxOutputTokens ?? ANSWER_TOKENS);
}
