import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import type { Toolbox } from "../../plugins/agent/agent-tool.js";
import { openMcp } from "../../plugins/agent/mcp.js";
import type { McpServer } from "../../plugins/agent/tool-entry.js";
import { type ContextOptions, effectContext } from "../support/effect-context.js";

const PROGRAM = "test/fixtures/mcp/server.mjs";
const stdio = (more: Partial<McpServer> = {}): McpServer => ({
  ...{ name: "vendors", command: process.execPath, args: [PROGRAM], allow: ["lookup"] },
  ...more,
});

let opened: Toolbox | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  child?.kill();
  child = undefined;
});

async function open(server: McpServer, options: ContextOptions = {}) {
  const context = effectContext(options);
  opened = await openMcp(server, context);
  return { tools: opened.tools, context, only: opened.tools[0]! };
}

describe("an MCP server", () => {
  it("gives the agent the tools it is allowed, and no others", async () => {
    const { tools, only, context } = await open(stdio());
    expect(tools.map(({ name, description }) => [name, description])).toEqual([["vendors.lookup", "Find a vendor."]]);
    expect(only.input).toMatchObject({ required: ["vendor"] });
    expect(await only.run({ vendor: "Acme" }, context)).toContain("Acme is known");
  });

  it("sees of the environment only what is named", async () => {
    const env = { VENDOR_KEY: "k-1", OTHER_KEY: "k-2" };
    const { only, context } = await open(stdio({ env: ["VENDOR_KEY"] }), { env });
    expect(await only.run({ vendor: "Acme" }, context)).toBe("Acme is known; the key is k-1, the other unset");
    await expect(open(stdio({ env: ["MISSING"] }))).rejects.toMatchObject({ code: "mcp-no-variable" });
  });

  it("over HTTP gets its key from the environment", async () => {
    child = spawn(process.execPath, [PROGRAM, "http"], { stdio: ["ignore", "pipe", "inherit"] });
    const url = await new Promise<string>((found) => child?.stdout?.once("data", (said) => found(String(said).trim())));
    const server: McpServer = { name: "web", url, headers: { authorization: "VENDOR_AUTH" }, allow: ["lookup"] };
    const { only, context } = await open(server, { env: { VENDOR_AUTH: "Bearer of-vendors" } });
    expect(only.name).toBe("web.lookup");
    expect(await only.run({ vendor: "Acme" }, context)).toContain("Acme is known");
    await expect(open(server, { env: { VENDOR_AUTH: "Bearer wrong" } })).rejects.toMatchObject({
      code: "mcp-unreachable",
      retryable: true,
    });
  });

  it("that lacks an allowed tool is said to, with what it has", async () => {
    await expect(open(stdio({ allow: ["lookup", "pay"] }))).rejects.toMatchObject({
      code: "mcp-tool-missing",
      message: expect.stringMatching(/no tool pay; it has: lookup, fail, hang, drop/),
    });
  });

  it("whose tool fails or is too slow has not failed the stage: the model is told", async () => {
    const { tools, context } = await open(stdio({ allow: ["fail", "hang"], timeout: "300ms" }));
    await expect(tools[0]?.run({}, context)).rejects.toMatchObject({
      code: "mcp-tool-error",
      message: "no such vendor",
    });
    await expect(tools[1]?.run({}, context)).rejects.toThrow(/timed out/i);
  });

  it("that is not there may be soon", async () => {
    await expect(open(stdio({ command: "/no/such/program" }))).rejects.toMatchObject({ code: "mcp-unreachable" });
  });

  it("is asked once what it offers: a stage taken up again has the same tools without it", async () => {
    const { context } = await open(stdio());
    await opened?.close();
    const again = await open(stdio({ command: "/no/such/program" }), { records: context.records });
    expect(again.tools).toHaveLength(1);
  });
});
