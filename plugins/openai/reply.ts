import {
  type AgentReply,
  type AgentRequest,
  type Json,
  type Price,
  paidAt,
  StageError,
  type ToolCall,
} from "stagecraft/plugin";
import type { ToolNames } from "./names.js";
import { withoutNulls } from "./strict-schema.js";

/** Tokens of one answer as the server counted them; `cached` is the part of `input` read from its cache. */
interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** An answer of either API, whole or put together from a stream. */
export interface RawAnswer {
  readonly model: string;
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** Why it ended; undefined: it broke off. */
  readonly end: "complete" | "length" | "filtered" | undefined;
  readonly tokens: Tokens | undefined;
}

/** @throws StageError `agent-refused`, `agent-output-truncated` */
export function toReply(raw: RawAnswer, request: AgentRequest, names: ToolNames, price: Price | null): AgentReply {
  if (raw.end === undefined) {
    throw new StageError("agent-output-truncated", "the model's answer broke off", { retryable: true });
  }
  if (raw.end === "length") {
    const message = "the model's answer was cut at its token limit: raise limits.maxOutputTokens";
    throw new StageError("agent-output-truncated", message, { details: { outputTokens: raw.tokens?.output ?? null } });
  }
  if (raw.refusal !== "" || raw.end === "filtered") {
    throw new StageError("agent-refused", `the model refused to answer: ${raw.refusal || "filtered"}`);
  }
  const toolCalls: ToolCall[] = raw.calls.map((call) => ({
    id: call.id,
    name: names.own(call.name),
    arguments: call.arguments.trim() === "" ? {} : (parse(call.arguments) ?? call.arguments),
  }));
  const output = request.output && toolCalls.length === 0 ? parse(unfenced(raw.text)) : undefined;
  return {
    text: raw.text,
    ...(output === undefined ? {} : { output: withoutNulls(output, request.output) }),
    toolCalls,
    usage: usageOf(raw, request, price),
  };
}

function usageOf(raw: RawAnswer, request: AgentRequest, price: Price | null): AgentReply["usage"] {
  const said = request.instructions.length + JSON.stringify(request.messages).length;
  const used = {
    provider: "openai",
    model: raw.model,
    // Four characters a token where the server does not count.
    inputTokens: raw.tokens?.input ?? Math.ceil(said / 4),
    outputTokens: raw.tokens?.output ?? Math.ceil(raw.text.length / 4),
    ...(raw.tokens?.cached ? { cachedTokens: raw.tokens.cached } : {}),
    estimated: raw.tokens === undefined,
  };
  return { ...used, ...paidAt(price, used) };
}

/** Servers that do not enforce the schema often wrap the object in a code fence. */
function unfenced(text: string): string {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text);
  return fenced?.[1] ?? text;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
