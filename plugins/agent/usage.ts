import {
  type AgentProvider,
  type AgentRequest,
  type Price,
  paidAt,
  type StageContext,
  type Usage,
} from "stagecraft/plugin";
import type { Agent } from "./agent.js";

/** Counted for an answer where the agent has no `limits.maxOutputTokens`. */
const USUAL_OUTPUT = 4_096;
/** What chat formats put around each message: tokens. */
const AROUND = 4;
/** Few tokens are shorter than this in any script: bytes of UTF-8. */
const TOKEN_BYTES = 3;

/** Tokens that one image is taken to cost: more than models of OpenAI count for a large one. */
const IMAGE_TOKENS = 2_000;

/** Tokens that are not told by the length of what is said: files count a token for three bytes, images all alike. */
export function attachedTokens(messages: AgentRequest["messages"]): number {
  const attached = messages.flatMap((message) => (message.role === "user" ? (message.attachments ?? []) : []));
  const tokens = attached.map(({ mediaType, bytes }) =>
    mediaType.startsWith("image/") ? IMAGE_TOKENS : Math.ceil(bytes / TOKEN_BYTES),
  );
  return tokens.reduce((sum, one) => sum + one, 0);
}

/** The most a turn is taken to use before it is asked for. */
export function estimate(agent: Agent, provider: AgentProvider, request: AgentRequest, context: StageContext): Usage {
  const { instructions, messages, output, examples, tools } = request;
  const said = JSON.stringify([instructions, messages, output ?? null, examples, tools]);
  const model = modelOf(provider, request, context);
  const used = {
    provider: provider.name,
    model,
    inputTokens:
      Math.ceil(Buffer.byteLength(said) / TOKEN_BYTES) + AROUND * (messages.length + 1) + attachedTokens(messages),
    outputTokens: agent.maxOutputTokens ?? USUAL_OUTPUT,
    estimated: true,
  };
  const listed = provider.price?.(request, context) ?? null;
  // What costs nothing, such as a recorded answer, does so for any agent.
  const isFree = listed?.input === 0 && listed.output === 0;
  return { ...used, ...paidAt(isFree ? listed : (ownPrice(agent, provider, [model], context) ?? listed), used) };
}

/** What a turn used, at the agent's own price or the project's where there is one and the answer was not free. */
export function priced(
  agent: Agent,
  provider: AgentProvider,
  usage: Usage,
  request: AgentRequest,
  context: StageContext,
): Usage {
  if (usage.usd === 0) return usage;
  // A server may answer under another name than it was asked by.
  const price = ownPrice(agent, provider, [usage.model, modelOf(provider, request, context)], context);
  return price === undefined ? usage : { ...usage, ...paidAt(price, usage) };
}

function ownPrice(
  { price }: Agent,
  { name }: AgentProvider,
  models: readonly string[],
  context: StageContext,
): Price | undefined {
  if (price !== undefined) return { ...price, row: "the agent's own" };
  return models.map((model) => context.agreedPrice(name, model)).find((agreed) => agreed !== undefined);
}

function modelOf(provider: AgentProvider, request: AgentRequest, context: StageContext): string {
  return request.model ?? provider.model?.(request, context) ?? provider.name;
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
