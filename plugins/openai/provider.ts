import type { AgentProvider, AgentReply, AgentRequest, StageContext } from "stagecraft/plugin";
import { StageError } from "stagecraft/plugin";
import { completeChat } from "./chat.js";
import { connect, serverOf } from "./client.js";
import { toStageError } from "./errors.js";
import { toolNames } from "./names.js";
import { takes } from "./parts.js";
import { listPrice } from "./prices.js";
import { toReply } from "./reply.js";
import { completeResponses } from "./responses.js";

const DEFAULT_MODEL = "gpt-5-mini";
/** Ours; the rest of the options goes to the server as it is. */
const OWN = new Set(["api", "baseUrl", "apiKeyEnv", "stream"]);
/** What this provider says itself: an option of that name would change the conversation behind the journal's back. */
const RESERVED = new Set(
  "model messages input instructions tools response_format text store n max_tokens max_completion_tokens max_output_tokens stream_options previous_response_id conversation background".split(
    " ",
  ),
);

export const openaiProvider: AgentProvider = {
  name: "openai",
  title: "OpenAI, or a server that speaks its API",
  model: modelOf,
  takes,
  price: (request, context) =>
    serverOf(request.options, context).official ? listPrice(modelOf(request, context), context.now) : null,
  async complete(request, context) {
    const settings = settingsOf(request);
    const model = modelOf(request, context);
    const { client, place, official } = await connect(request.options, model, context);
    const { baseURL } = client;
    const names = toolNames(request.tools.map((tool) => tool.name));
    const complete = request.options["api"] === "responses" ? completeResponses : completeChat;
    const ask = () => complete(client, request, model, settings, names, context, official);
    const raw = await untilAborted(context, () => context.atHost(baseURL, ask)).catch((error: unknown) => {
      if (context.signal.aborted) throw context.signal.reason;
      throw toStageError(error, place);
    });
    const price = official ? listPrice(raw.model, context.now) : null;
    return toReply(raw, request, names, price) satisfies AgentReply;
  },
};

function modelOf(request: AgentRequest, context: StageContext): string {
  return request.model ?? context.env("OPENAI_MODEL") ?? DEFAULT_MODEL;
}

function settingsOf(request: AgentRequest): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request.options)) {
    if (OWN.has(name)) continue;
    if (RESERVED.has(name)) {
      throw new StageError("agent-option", `options.${name} cannot be set: the agent's own keys say it`, {
        isFree: true,
      });
    }
    settings[name] = value;
  }
  return settings;
}

/** The call, or the abort, whichever is first: a call that is deaf for a while holds nobody up. */
async function untilAborted<T>({ signal }: StageContext, call: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([call(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
