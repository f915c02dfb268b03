import type { Client, Transport } from "@modelcontextprotocol/client";
import { isObject, type Json, type JsonObject, parseDuration, type StageContext, StageError } from "stagecraft/plugin";
import type { Toolbox } from "./agent-tool.js";
import type { McpServer } from "./tool-entry.js";
import { schemaFault } from "./validate.js";

/** Of a call, and of the connection. */
const TIMEOUT_MS = 30_000;

/**
 * The allowed tools of a server. What it offers is recorded with the stage, so that a conversation taken up again has the
 * same tools; the server is connected when it is first needed.
 * @throws StageError `mcp-missing`, `mcp-unreachable`, `mcp-tool-missing`, `mcp-schema`
 */
export async function openMcp(server: McpServer, context: StageContext): Promise<Toolbox> {
  let connecting: Promise<Client> | undefined;
  const connected = () => {
    connecting ??= connect(server, context);
    return connecting;
  };
  const timeout = parseDuration(server.timeout ?? "") ?? TIMEOUT_MS;
  const close = async () => void (await (await connecting)?.close());
  try {
    const offered = await context.record(`tools-${server.name}`, async () => {
      const { tools } = await (await connected()).listTools(undefined, { timeout: TIMEOUT_MS, signal: context.signal });
      return {
        value: tools.map(({ name, description = "", inputSchema }) => ({ name, description, inputSchema }) as Json),
      };
    });
    const tools = server.allow.map((allowed) => {
      const { description, input } = wanted(server, allowed, offered);
      const run = async (given: JsonObject, { signal }: StageContext) => {
        const client = await connected();
        return answerOf(await client.callTool({ name: allowed, arguments: given }, { timeout, signal }), allowed);
      };
      return { name: `${server.name}.${allowed}`, description, input, run };
    });
    return { tools, close };
  } catch (error) {
    await close().catch(() => {});
    if (context.signal.aborted) throw context.signal.reason;
    throw error instanceof StageError ? error : unreachable(server, error);
  }
}

function wanted(server: McpServer, allowed: string, offered: readonly Json[]) {
  const tool = offered.find((one) => isObject(one) && one["name"] === allowed);
  if (!isObject(tool)) {
    const names = offered.map((one) => (isObject(one) ? one["name"] : "")).join(", ");
    throw new StageError(
      "mcp-tool-missing",
      `the server ${server.name} has no tool ${allowed}; it has: ${names || "none"}`,
    );
  }
  const input = tool["inputSchema"];
  const broken = isObject(input) ? schemaFault(input) : "it is no object";
  if (!isObject(input) || broken !== undefined) {
    throw new StageError("mcp-schema", `the server ${server.name} describes ${allowed} by no JSON Schema: ${broken}`);
  }
  return { description: String(tool["description"]), input };
}

async function connect(server: McpServer, context: StageContext): Promise<Client> {
  const [{ Client, StreamableHTTPClientTransport }, { StdioClientTransport }] = await Promise.all([
    import("@modelcontextprotocol/client"),
    import("@modelcontextprotocol/client/stdio"),
  ]).catch(() => {
    throw new StageError("mcp-missing", "MCP servers need the package @modelcontextprotocol/client: install it");
  });
  const env = Object.fromEntries((server.env ?? []).map((name) => [name, variable(name, context)]));
  const headers = Object.entries(server.headers ?? {}).map(([header, name]) => [header, variable(name, context)]);
  const transport: Transport =
    server.url === undefined
      ? new StdioClientTransport({
          command: server.command ?? "",
          args: [...(server.args ?? [])],
          env,
          stderr: "ignore",
        })
      : new StreamableHTTPClientTransport(new URL(server.url), {
          requestInit: { headers: Object.fromEntries(headers) },
        });
  const client = new Client({ name: "stagecraft", version: "1.0.0" });
  await client.connect(transport, {
    timeout: TIMEOUT_MS,
    signal: context.signal,
  });
  return client;
}

/** @throws StageError `mcp-no-variable` */
function variable(name: string, context: StageContext): string {
  const value = context.env(name);
  if (value !== undefined && value !== "") return value;
  throw new StageError("mcp-no-variable", `the environment variable ${name} is not set`);
}

/** What it says is data. A tool's own error is one the model is told. */
function answerOf(result: Awaited<ReturnType<Client["callTool"]>>, tool: string): Json {
  const parts = (result.content ?? []).map((part) => (part.type === "text" ? part.text : JSON.stringify(part)));
  const text = parts.join("\n");
  if (result.isError) throw new StageError("mcp-tool-error", text || `${tool} failed`);
  return (result.structuredContent as Json | undefined) ?? text;
}

function unreachable({ name }: McpServer, error: unknown): StageError {
  const message = `the server ${name} could not be used: ${error instanceof Error ? error.message : String(error)}`;
  return new StageError("mcp-unreachable", message, { retryable: true });
}
