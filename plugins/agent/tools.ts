import {
  type AgentMessage,
  isObject,
  type Json,
  type StageContext,
  StageError,
  type ToolCall,
} from "stagecraft/plugin";
import type { Toolbox } from "./agent-tool.js";
import { narrow } from "./context.js";
import { faultsOf } from "./validate.js";

/** What a call gave: `error` and `text` for the model, so that it can try something else. A type, to count as JSON. */
export type ToolResult = { readonly text: string; readonly error?: string };

/** Characters of a tool's result a model is shown. */
const MAX_RESULT = 50_000;

/**
 * Performs one call the model asked for, once: the result is recorded under `key`.
 * `onLive` is called when it is performed now rather than read from the journal.
 * A tool outside the agent's list, bad arguments and a failing tool are results too, not failures of the stage.
 */
export function callTool(
  agent: string,
  toolbox: Toolbox,
  call: ToolCall,
  key: string,
  context: StageContext,
  onLive: () => void,
): Promise<ToolResult> {
  return context.record(key, async () => {
    onLive();
    return { value: await perform(agent, toolbox, call, key, context) };
  });
}

async function perform(
  agent: string,
  { tools }: Toolbox,
  call: ToolCall,
  key: string,
  context: StageContext,
): Promise<ToolResult> {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    context.log.warn(`agent ${agent} asked for a tool it does not have`, { tool: call.name });
    const names = tools.map(({ name }) => name).join(", ");
    return refused("tool-not-allowed", `there is no tool ${call.name}; there are: ${names || "none"}`);
  }
  const given = call.arguments;
  const faults = isObject(given) ? faultsOf(tool.input, given) : ["the arguments must be a JSON object"];
  if (!isObject(given) || faults.length > 0) return refused("tool-arguments", faults.join("; "));
  try {
    return { text: shorten(show(await tool.run(given, narrow(context, { part: key })))) };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const code = error instanceof StageError ? error.code : "tool-failed";
    return refused(code, error instanceof Error ? error.message : String(error));
  }
}

/** The result as the model sees it. */
export function toolMessage(call: ToolCall, result: ToolResult): AgentMessage {
  return { role: "tool", toolCallId: call.id, name: call.name, content: result.text };
}

function refused(code: string, message: string): ToolResult {
  return { error: code, text: shorten(JSON.stringify({ error: { code, message } })) };
}

function show(result: Json): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}

function shorten(text: string): string {
  if (text.length <= MAX_RESULT) return text;
  return `${text.slice(0, MAX_RESULT)}\n… ${text.length - MAX_RESULT} more characters were cut`;
}
