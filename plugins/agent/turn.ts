import {
  type AgentProvider,
  type AgentReply,
  type AgentRequest,
  formatDuration,
  type Json,
  type JsonObject,
  type StageContext,
  StageError,
} from "stagecraft/plugin";
import type { Agent } from "./agent.js";
import { narrow } from "./context.js";

/** Which provider answers: the person's flag, the agent's own, OpenAI when it is configured, else the embedded one. */
export function chooseProvider(agent: Agent, context: StageContext): AgentProvider {
  if (context.provider !== undefined && context.provider !== "auto") return context.agentProvider(context.provider);
  if (agent.provider !== "auto") return context.agentProvider(agent.provider);
  const configured = context.hasEnv("OPENAI_API_KEY") || context.hasEnv("OPENAI_BASE_URL");
  return context.agentProvider(configured ? "openai" : "embedded");
}

/** Asks for one answer, within the agent's own time. @throws StageError `agent-timeout`, and what the provider throws */
export async function ask(
  provider: AgentProvider,
  agent: Agent,
  request: AgentRequest,
  context: StageContext,
): Promise<AgentReply> {
  const { timeout } = agent;
  const message = `agent ${agent.name} did not answer within ${formatDuration(timeout)} (limits.timeout)`;
  const fault = new StageError("agent-timeout", message, { retryable: true });
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejected first: what the provider makes of the abort is then of no account.
      reject(fault);
      late.abort(fault);
    }, timeout);
  });
  try {
    const signal = AbortSignal.any([context.signal, late.signal]);
    return await Promise.race([provider.complete(request, narrow(context, { signal })), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A reply as the journal keeps it: JSON without absent keys. */
export function toRecord(reply: AgentReply): JsonObject {
  return JSON.parse(JSON.stringify(reply)) as JsonObject;
}

export function fromRecord(value: Json): AgentReply {
  return value as unknown as AgentReply;
}
