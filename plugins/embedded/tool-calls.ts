import { type AgentRequest, isObject, type ToolCall } from "stagecraft/plugin";
import { fill } from "./fill.js";
import { sourceOf } from "./source.js";

/**
 * Calls of tools whose required arguments are all in the input, each tool once. A tool that requires nothing
 * is called too; one that would need a guess is not.
 */
export function toolCalls(request: AgentRequest): ToolCall[] {
  const source = sourceOf(request.input === null ? firstText(request) : request.input);
  const called = new Set(
    request.messages
      .flatMap((message) => (message.role === "assistant" ? (message.toolCalls ?? []) : []))
      .map(({ name }) => name),
  );
  return request.tools.flatMap((tool, index) => {
    if (called.has(tool.name)) return [];
    const required = Array.isArray(tool.input["required"]) ? tool.input["required"] : [];
    const properties = isObject(tool.input["properties"]) ? tool.input["properties"] : {};
    // Optional arguments are left to the tool's own defaults.
    const needed = Object.fromEntries(Object.entries(properties).filter(([name]) => required.includes(name)));
    const schema = { ...tool.input, properties: needed };
    const missing: string[] = [];
    const filled = fill(schema, [], true, { source, examples: [], root: tool.input, missing, found: 0 });
    if (missing.length > 0 || filled === undefined) return [];
    return [{ id: `embedded-${index + 1}`, name: tool.name, arguments: filled }];
  });
}

function firstText(request: AgentRequest): string {
  return request.messages.find((message) => message.role === "user")?.content ?? "";
}
