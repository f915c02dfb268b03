import {
  type AgentProvider,
  type AgentReply,
  type AgentRequest,
  type StageContext,
  StageError,
} from "stagecraft/plugin";
import type { Agent } from "./agent.js";
import { guarded } from "./breaker.js";
import { ratesOf } from "./rates.js";
import { ask } from "./turn.js";

/**
 * Asks once the rates, the bulkhead and the breaker let it through. `key` names the taking of tokens.
 * @throws StageError what any of them throws: free when the provider was never asked, so no money stays reserved for it
 */
export async function askInTurn(
  key: string,
  agent: Agent,
  provider: AgentProvider,
  request: AgentRequest,
  context: StageContext,
): Promise<AgentReply> {
  let isAsked = false;
  const call = () => {
    isAsked = true;
    return ask(provider, agent, request, context);
  };
  try {
    const rates = ratesOf(agent, provider, request);
    if (rates.length > 0) await context.takeTokens(key, rates);
    return await guarded(provider, agent, call, context.signal);
  } catch (error) {
    throw isAsked ? error : unasked(error, context.signal);
  }
}

function unasked(error: unknown, signal: AbortSignal): unknown {
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (!(cause instanceof StageError)) return cause;
  const { code, message, details, retryable, retryAfter } = cause;
  return new StageError(code, message, {
    ...(details === undefined ? {} : { details }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    retryable,
    isFree: true,
    cause,
  });
}
