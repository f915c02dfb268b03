import type OpenAI from "openai";
import type { AgentMessage, AgentRequest, StageContext } from "stagecraft/plugin";
import { endOfText } from "./live.js";
import type { ToolNames } from "./names.js";
import { type Part, partsOf } from "./parts.js";
import type { RawAnswer } from "./reply.js";
import { toStrict } from "./strict-schema.js";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** One turn over Chat Completions, which every compatible server speaks. */
export async function completeChat(
  client: OpenAI,
  request: AgentRequest,
  model: string,
  settings: Record<string, unknown>,
  names: ToolNames,
  context: StageContext,
  official: boolean,
): Promise<RawAnswer> {
  const params: Params = {
    ...settings,
    model,
    messages: await messagesOf(request, names),
    ...toolsOf(request, names),
    ...formatOf(request),
    ...limitOf(request, official),
  };
  if (request.options["stream"] === true) return await streamed(client, params, context);
  const answer = await client.chat.completions.create(params, { signal: context.signal });
  const choice = answer.choices?.[0];
  return {
    model: answer.model ?? model,
    text: choice?.message.content ?? "",
    refusal: choice?.message.refusal ?? "",
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ id: call.id, ...call.function }] : [],
    ),
    end: endOf(choice?.finish_reason),
    tokens: tokensOf(answer.usage),
  };
}

async function messagesOf(request: AgentRequest, names: ToolNames): Promise<Message[]> {
  const messages: Message[] = [];
  if (request.instructions !== "") messages.push({ role: "system", content: request.instructions });
  for (const { input, output } of request.examples) {
    messages.push({ role: "user", content: typeof input === "string" ? input : JSON.stringify(input) });
    messages.push({ role: "assistant", content: typeof output === "string" ? output : JSON.stringify(output) });
  }
  return [...messages, ...(await Promise.all(request.messages.map((message) => toMessage(message, names))))];
}

async function toMessage(message: AgentMessage, names: ToolNames): Promise<Message> {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role === "user") {
    const { content, attachments = [] } = message;
    if (attachments.length === 0) return { role: "user", content };
    return { role: "user", content: (await partsOf(content, attachments)).map(toPart) };
  }
  const calls = (message.toolCalls ?? []).map((call) => ({
    id: call.id,
    type: "function" as const,
    function: { name: names.sent(call.name), arguments: JSON.stringify(call.arguments) },
  }));
  return calls.length === 0
    ? { role: "assistant", content: message.content }
    : { role: "assistant", content: message.content || null, tool_calls: calls };
}

function toPart(part: Part): OpenAI.Chat.ChatCompletionContentPart {
  if (part.kind === "text") return { type: "text", text: part.text };
  if (part.kind === "image") return { type: "image_url", image_url: { url: part.url } };
  return { type: "file", file: { filename: part.name, file_data: part.url } };
}

function toolsOf(request: AgentRequest, names: ToolNames): Pick<Params, "tools"> {
  if (request.tools.length === 0) return {};
  return {
    tools: request.tools.map((tool) => ({
      type: "function",
      function: { name: names.sent(tool.name), description: tool.description, parameters: { ...tool.input } },
    })),
  };
}

function formatOf(request: AgentRequest): Pick<Params, "response_format"> {
  if (request.output === undefined) return {};
  const { schema, strict } = toStrict(request.output);
  return { response_format: { type: "json_schema", json_schema: { name: "answer", schema: { ...schema }, strict } } };
}

// OpenAI's newer models refuse the old name; most other servers know only that one.
function limitOf({ maxOutputTokens }: AgentRequest, official: boolean): Partial<Params> {
  if (maxOutputTokens === undefined) return {};
  return official ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens };
}

async function streamed(client: OpenAI, params: Params, context: StageContext): Promise<RawAnswer> {
  const { signal } = context;
  const stream = await client.chat.completions.create(
    { ...params, stream: true, stream_options: { include_usage: true } },
    { signal },
  );
  let text = "";
  let shown = "";
  let refusal = "";
  let model = params.model;
  let end: RawAnswer["end"];
  let tokens: RawAnswer["tokens"];
  const calls: { id: string; name: string; arguments: string }[] = [];
  for await (const chunk of stream) {
    model = chunk.model || model;
    tokens = tokensOf(chunk.usage) ?? tokens;
    const choice = chunk.choices?.[0];
    if (choice === undefined) continue;
    const { delta } = choice;
    if (delta.content) {
      text += delta.content;
      shown = endOfText(shown, delta.content);
      context.progress(shown);
    }
    refusal += delta.refusal ?? "";
    for (const part of delta.tool_calls ?? []) {
      calls[part.index] ??= { id: "", name: "", arguments: "" };
      const call = calls[part.index]!;
      call.id ||= part.id ?? "";
      call.name += part.function?.name ?? "";
      call.arguments += part.function?.arguments ?? "";
    }
    end = endOf(choice.finish_reason) ?? end;
  }
  // The package ends an aborted stream without an error.
  signal.throwIfAborted();
  return { model, text, refusal, calls: calls.filter(Boolean), end, tokens };
}

function endOf(reason: string | null | undefined): RawAnswer["end"] {
  if (!reason) return undefined;
  if (reason === "length") return "length";
  return reason === "content_filter" ? "filtered" : "complete";
}

function tokensOf(usage: OpenAI.CompletionUsage | null | undefined): RawAnswer["tokens"] {
  if (!usage) return undefined;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { input: usage.prompt_tokens, cached, output: usage.completion_tokens };
}
