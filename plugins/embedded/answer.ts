import type { AgentReply, AgentRequest, Json, Usage } from "stagecraft/plugin";
import { type Filling, fill } from "./fill.js";
import { summary } from "./prose.js";
import { examplesOf } from "./similar.js";
import { gather, sourceOf } from "./source.js";
import { toolCalls } from "./tool-calls.js";

/** What answers, as the journal names it. */
const MODEL = "embedded-extractor-1";
const MAX_TEXT = 600;

/** A pure function of the request. */
export function answer(request: AgentRequest): AgentReply {
  const calls = toolCalls(request);
  if (calls.length > 0) return { text: "", toolCalls: calls, usage: usageOf(request, JSON.stringify(calls)) };
  const source = sourceOf(gather(request));
  if (request.output === undefined) {
    const text = summary(source, MAX_TEXT, 3) || "There was nothing to read.";
    return { text, toolCalls: [], usage: usageOf(request, text) };
  }
  const examples = examplesOf(request.examples);
  const filling: Filling = { source, examples, root: request.output, missing: [], found: 0 };
  const output: Json = fill(request.output, [], true, filling) ?? null;
  const text = JSON.stringify(output);
  const warnings = filling.missing.map(
    (field) => `${field}: nothing in the input says it; its default or a placeholder stands there`,
  );
  return {
    text,
    output,
    toolCalls: [],
    usage: usageOf(request, text),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** About four characters a token; it costs nothing, and that is known. */
function usageOf(request: AgentRequest, text: string): Usage {
  const read = request.instructions.length + request.messages.reduce((sum, { content }) => sum + content.length, 0);
  return {
    provider: "embedded",
    model: MODEL,
    inputTokens: Math.ceil(read / 4),
    outputTokens: Math.ceil(text.length / 4),
    estimated: true,
    usd: 0,
  };
}
