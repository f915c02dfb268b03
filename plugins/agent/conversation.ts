import { createHash } from "node:crypto";
import {
  type AgentMessage,
  type AgentProvider,
  type AgentReply,
  type AgentRequest,
  isObject,
  type JsonObject,
  type StageContext,
  StageError,
  type Usage,
} from "stagecraft/plugin";
import type { Agent } from "./agent.js";
import type { Toolbox } from "./agent-tool.js";
import { askInTurn } from "./asking.js";
import { repairMessage } from "./messages.js";
import { callTool, toolMessage } from "./tools.js";
import { fromRecord, toRecord } from "./turn.js";
import { estimate, priced, sumUsage } from "./usage.js";
import { faultsOf } from "./validate.js";

/** What stays the same from turn to turn. */
export interface Setting {
  readonly agent: Agent;
  readonly provider: AgentProvider;
  readonly toolbox: Toolbox;
  readonly instructions: string;
  readonly input: JsonObject;
  readonly first: AgentMessage;
}

/** What a conversation leaves behind, whatever its end. */
export interface Conversation {
  /** Before its records' keys: empty for the first, `retry-2/` for the second. */
  readonly prefix: string;
  readonly used: Usage[];
  readonly tools: JsonObject[];
  readonly warnings: string[];
  turns: number;
  repaired: boolean;
  /** Something was asked or done now, rather than read from the journal. */
  live: boolean;
}

export function startConversation(number: number, used: Usage[]): Conversation {
  const prefix = number === 1 ? "" : `retry-${number}/`;
  return { prefix, used, tools: [], warnings: [], turns: 0, repaired: false, live: false };
}

/**
 * Turns of model and tools until there is an answer that fits.
 * @throws StageError `agent-output-invalid`, `agent-turns-exceeded`, `agent-budget-exceeded`, and the provider's own
 */
export async function converse(setting: Setting, talk: Conversation, context: StageContext): Promise<JsonObject> {
  const messages: AgentMessage[] = [setting.first];
  for (;;) {
    const reply = await turn(setting, talk, messages, context);
    messages.push({ role: "assistant", content: reply.text, toolCalls: reply.toolCalls });
    if (reply.toolCalls.length > 0) {
      await performCalls(setting, talk, reply, messages, context);
      continue;
    }
    const faults = faultsOfReply(setting.agent, reply);
    if (faults.length === 0) return outputsOf(setting.agent, reply);
    if (talk.repaired) throw invalid(setting.agent, faults);
    talk.repaired = true;
    messages.push(repairMessage(faults));
  }
}

async function turn(
  setting: Setting,
  talk: Conversation,
  messages: readonly AgentMessage[],
  context: StageContext,
): Promise<AgentReply> {
  const { agent, provider } = setting;
  // The repair turn is on top: an agent of one turn may mend its answer too.
  if (talk.turns >= agent.maxTurns + (talk.repaired ? 1 : 0)) {
    const message = `agent ${agent.name} still has no answer after ${talk.turns} turns (limits.maxTurns)`;
    throw new StageError("agent-turns-exceeded", message, { details: { turns: talk.turns } });
  }
  talk.turns += 1;
  const request = requestOf(setting, messages);
  const key = `${talk.prefix}turn-${talk.turns}`;
  const step = async () => {
    checkBudget(agent, talk.used);
    talk.live = true;
    const prompt = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const answered = await askInTurn(key, agent, provider, request, context);
    const reply = { ...answered, usage: priced(agent, provider, answered.usage, request, context) };
    for (const warning of reply.warnings ?? []) context.log.warn(warning, { agent: agent.name });
    return { value: toRecord(reply), usage: { ...reply.usage, prompt } };
  };
  const recorded = await context.record(key, step, estimate(agent, provider, request, context));
  const reply = fromRecord(recorded);
  talk.used.push(reply.usage);
  talk.warnings.push(...(reply.warnings ?? []));
  return reply;
}

function requestOf({ agent, toolbox, instructions, input }: Setting, messages: readonly AgentMessage[]): AgentRequest {
  return {
    agent: agent.name,
    ...(agent.model === undefined ? {} : { model: agent.model }),
    instructions,
    input: input["input"] ?? null,
    messages,
    ...(agent.output === undefined ? {} : { output: agent.output }),
    examples: agent.examples,
    tools: toolbox.tools.map(({ name, description, input: shape }) => ({ name, description, input: shape })),
    ...(agent.maxOutputTokens === undefined ? {} : { maxOutputTokens: agent.maxOutputTokens }),
    options: agent.options,
  };
}

/** One after the other, in the order the model named them: a later call may rest on an earlier one's effect. */
async function performCalls(
  { agent, toolbox }: Setting,
  talk: Conversation,
  reply: AgentReply,
  messages: AgentMessage[],
  context: StageContext,
): Promise<void> {
  for (const [index, call] of reply.toolCalls.entries()) {
    const key = `${talk.prefix}tool-${talk.turns}-${index + 1}`;
    const result = await callTool(agent.name, toolbox, call, key, context, () => {
      talk.live = true;
    });
    talk.tools.push({ name: call.name, ...(result.error === undefined ? {} : { error: result.error }) });
    messages.push(toolMessage(call, result));
  }
}

function checkBudget(agent: Agent, used: readonly Usage[]): void {
  const spent = sumUsage(used)?.usd ?? 0;
  if (agent.usd === undefined || spent < agent.usd) return;
  const message = `agent ${agent.name} has spent ${spent.toFixed(4)} USD of ${agent.usd} (limits.usd)`;
  throw new StageError("agent-budget-exceeded", message, { details: { spent, limit: agent.usd } });
}

function faultsOfReply(agent: Agent, reply: AgentReply): readonly string[] {
  if (agent.output === undefined) return [];
  if (!isObject(reply.output)) return ["the answer must be one JSON object"];
  return faultsOf(agent.output, reply.output);
}

function outputsOf(agent: Agent, reply: AgentReply): JsonObject {
  return agent.output !== undefined && isObject(reply.output) ? reply.output : { text: reply.text };
}

function invalid(agent: Agent, faults: readonly string[]): StageError {
  return new StageError("agent-output-invalid", `agent ${agent.name} did not answer in its schema: ${faults[0]}`, {
    retryable: true,
    details: { errors: faults },
  });
}
