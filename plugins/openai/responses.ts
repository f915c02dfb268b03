import type OpenAI from "openai";
import type { AgentMessage, AgentRequest, StageContext } from "stagecraft/plugin";
import { endOfText } from "./live.js";
import type { ToolNames } from "./names.js";
import { type Part, partsOf } from "./parts.js";
import type { RawAnswer } from "./reply.js";
import { toStrict } from "./strict-schema.js";

type Item = OpenAI.Responses.ResponseInputItem;
type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;

/** One turn over the Responses API, without state on the server: the journal is the conversation. */
export async function completeResponses(
  client: OpenAI,
  request: AgentRequest,
  model: string,
  settings: Record<string, unknown>,
  names: ToolNames,
  context: StageContext,
): Promise<RawAnswer> {
  const params: Params = {
    ...settings,
    model,
    store: false,
    instructions: request.instructions,
    input: await itemsOf(request, names),
    ...toolsOf(request, names),
    ...formatOf(request),
    ...(request.maxOutputTokens === undefined ? {} : { max_output_tokens: request.maxOutputTokens }),
  };
  if (request.options["stream"] !== true) {
    return toRaw(await client.responses.create(params, { signal: context.signal }), model);
  }
  const stream = await client.responses.create({ ...params, stream: true }, { signal: context.signal });
  let last: OpenAI.Responses.Response | undefined;
  let shown = "";
  for await (const event of stream) {
    if (event.type === "response.output_text.delta") {
      shown = endOfText(shown, event.delta);
      context.progress(shown);
    }
    if (event.type === "response.completed" || event.type === "response.incomplete") last = event.response;
    if (event.type === "response.failed") last = event.response;
  }
  context.signal.throwIfAborted();
  return last ? toRaw(last, model) : { model, text: "", refusal: "", calls: [], end: undefined, tokens: undefined };
}

async function itemsOf(request: AgentRequest, names: ToolNames): Promise<Item[]> {
  const items: Item[] = request.examples.flatMap(({ input, output }) => [
    { role: "user" as const, content: typeof input === "string" ? input : JSON.stringify(input) },
    { role: "assistant" as const, content: typeof output === "string" ? output : JSON.stringify(output) },
  ]);
  const said = await Promise.all(request.messages.map((message) => toItems(message, names)));
  return [...items, ...said.flat()];
}

async function toItems(message: AgentMessage, names: ToolNames): Promise<Item[]> {
  if (message.role === "tool") {
    return [{ type: "function_call_output", call_id: message.toolCallId, output: message.content }];
  }
  if (message.role === "user") {
    const { content, attachments = [] } = message;
    if (attachments.length === 0) return [{ role: "user", content }];
    return [{ role: "user", content: (await partsOf(content, attachments)).map(toPart) }];
  }
  const calls = (message.toolCalls ?? []).map(
    (call): Item => ({
      type: "function_call",
      call_id: call.id,
      name: names.sent(call.name),
      arguments: JSON.stringify(call.arguments),
    }),
  );
  return message.content === "" ? calls : [{ role: "assistant", content: message.content }, ...calls];
}

function toPart(part: Part): OpenAI.Responses.ResponseInputContent {
  if (part.kind === "text") return { type: "input_text", text: part.text };
  if (part.kind === "image") return { type: "input_image", image_url: part.url, detail: "auto" };
  return { type: "input_file", filename: part.name, file_data: part.url };
}

function toolsOf(request: AgentRequest, names: ToolNames): Pick<Params, "tools"> {
  if (request.tools.length === 0) return {};
  return {
    tools: request.tools.map((tool) => ({
      type: "function",
      name: names.sent(tool.name),
      description: tool.description,
      parameters: { ...tool.input },
      strict: false,
    })),
  };
}

function formatOf(request: AgentRequest): Pick<Params, "text"> {
  if (request.output === undefined) return {};
  const { schema, strict } = toStrict(request.output);
  return { text: { format: { type: "json_schema", name: "answer", schema: { ...schema }, strict } } };
}

function toRaw(response: OpenAI.Responses.Response, asked: string): RawAnswer {
  let text = "";
  let refusal = "";
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const item of response.output ?? []) {
    if (item.type === "function_call") calls.push({ id: item.call_id, name: item.name, arguments: item.arguments });
    if (item.type !== "message") continue;
    for (const part of item.content) {
      if (part.type === "output_text") text += part.text;
      else refusal += part.refusal;
    }
  }
  const { usage } = response;
  const cached = usage?.input_tokens_details?.cached_tokens ?? 0;
  const tokens = usage ? { input: usage.input_tokens, cached, output: usage.output_tokens } : undefined;
  return { model: response.model ?? asked, text, refusal, calls, end: endOf(response), tokens };
}

function endOf(response: OpenAI.Responses.Response): RawAnswer["end"] {
  if (response.status === "incomplete") {
    return response.incomplete_details?.reason === "content_filter" ? "filtered" : "length";
  }
  // Servers that speak a part of the API leave the status out.
  return response.status === "completed" || response.status === undefined ? "complete" : undefined;
}
