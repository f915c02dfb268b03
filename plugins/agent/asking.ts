import {
  type AgentProvider,
  type AgentReply,
  type AgentRequest,
  type Rate,
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
  const settle = async (rates: readonly Rate[]) => {
    if (rates.length === 0) return;
    // An answer that is paid for is not lost because nobody could be told how long it was.
    await context.settleTokens(key, rates).catch((error: Error) => context.log.warn(error.message));
  };
  const rates = ratesOf(agent, provider, request);
  try {
    if (rates.length > 0) await context.takeTokens(key, rates);
    const reply = await guarded(provider, agent, call, context.signal);
    const { inputTokens, outputTokens } = reply.usage;
    await settle(ratesOf(agent, provider, request, inputTokens + outputTokens));
    return reply;
  } catch (error) {
    if (!isAsked) await settle(rates.map((rate) => ({ ...rate, cost: 0 })));
    // It was refused: the request counts, tokens were not read.
    else if (error instanceof StageError && error.isFree) await settle(ratesOf(agent, provider, request, 0));
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
