import { isObject, type Json, type JsonObject, type JsonSchema } from "stagecraft/plugin";

/** One entry of an agent's `tools`. */
export type ToolEntry =
  | { readonly kind: "plugin"; readonly name: string; readonly settings: JsonObject }
  | { readonly kind: "mcp"; readonly server: McpServer };

/** A server of tools: a program of its own, or an address. */
export interface McpServer {
  /** Stands before its tools' names. */
  readonly name: string;
  readonly command?: string;
  readonly args?: readonly string[];
  /** Environment variables it may see, by name. */
  readonly env?: readonly string[];
  readonly url?: string;
  /** Header to the environment variable that holds its value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Its tools that the agent may call; there are no others. */
  readonly allow: readonly string[];
  /** Of one call, such as `30s`. */
  readonly timeout?: string;
}

export function toolEntry(written: Json): ToolEntry {
  if (!isObject(written)) return { kind: "plugin", name: String(written), settings: {} };
  const mcp = written["mcp"];
  if (isObject(mcp))
    return { kind: "mcp", server: { ...(mcp as unknown as McpServer), name: String(mcp["name"] ?? "mcp") } };
  const settings = written["with"];
  return { kind: "plugin", name: String(written["tool"]), settings: isObject(settings) ? settings : {} };
}

const names = { type: "array", uniqueItems: true, items: { type: "string", minLength: 1 } };
const VARIABLE = "^[A-Za-z_][A-Za-z0-9_]*$";

/** One entry as written. */
export const toolSchema: JsonSchema = {
  anyOf: [
    { type: "string", minLength: 1, description: "The name of a tool, such as http.get." },
    {
      type: "object",
      additionalProperties: false,
      required: ["tool"],
      properties: {
        tool: { type: "string", minLength: 1, description: "The name of a tool, such as http.get." },
        with: { type: "object", description: "The tool's own settings." },
      },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["mcp"],
      properties: {
        mcp: {
          type: "object",
          description: "A server that speaks the Model Context Protocol: a command, or a url.",
          additionalProperties: false,
          required: ["allow"],
          oneOf: [
            { properties: { command: {} }, required: ["command"] },
            { properties: { url: {} }, required: ["url"] },
          ],
          properties: {
            name: {
              type: "string",
              pattern: "^[a-z][A-Za-z0-9]*$",
              description: "Before its tools' names. Default mcp.",
            },
            command: { type: "string", minLength: 1, description: "The program, started without a shell." },
            args: { type: "array", items: { type: "string" }, description: "What the program is called with." },
            env: {
              ...names,
              items: { type: "string", pattern: VARIABLE },
              description: "Variables it may see, by name.",
            },
            url: { type: "string", pattern: "^https?://", description: "Its address (streamable HTTP)." },
            headers: {
              type: "object",
              additionalProperties: { type: "string", pattern: VARIABLE },
              description: "Header to the environment variable that holds its value.",
            },
            allow: { ...names, minItems: 1, description: "Its tools that the agent may call. It can call no others." },
            timeout: { type: "string", description: "Of one call, such as 30s. Default 30s." },
          },
        },
      },
    },
  ],
};
