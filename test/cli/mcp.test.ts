import path from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";
import { ROOT } from "../support/sources.js";

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function project(): Project {
  return createProject({
    "definitions/refund.workflow.yaml": REFUND,
    "definitions/broken.workflow.yaml": "apiVersion: stagecraft/v1\nid: broken\n",
    "stagecraft.config.yaml": PEOPLE,
  });
}

/** The protocol's own client, talking to the real program. */
async function connect({ folder }: Project, ...args: readonly string[]): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  const command = [path.join(ROOT, "bin/run.js"), "mcp", "--wait", "0s", ...args];
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: command, cwd: folder, stderr: "ignore" }),
  );
  clients.push(client);
  return client;
}

describe("mcp", { timeout: 60_000 }, () => {
  it("offers valid workflows as tools with the schema of their inputs, and no way to decide", async () => {
    const client = await connect(project());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["refund", "show_run"]);
    expect(tools[0]?.inputSchema).toMatchObject({
      type: "object",
      required: ["amount", "reason"],
      properties: { amount: { type: "number", exclusiveMinimum: 0 } },
    });
  });

  it("runs a workflow for a call, as the user it was started for", async () => {
    const at = project();
    const client = await connect(at, "--as", "ann");
    const { structuredContent, isError } = await client.callTool({
      name: "refund",
      arguments: { amount: 40, reason: "late" },
    });
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({ status: "succeeded", outputs: { paid: true }, by: "ann" });
  });

  it("says of a run that waits for a person whom it waits for, and how it ended once they decided", async () => {
    const at = project();
    const client = await connect(at);
    const { structuredContent } = await client.callTool({ name: "refund", arguments: { amount: 400, reason: "late" } });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what was answered, and fails on what is not there
    const waiting = structuredContent as any;
    expect(waiting).toMatchObject({ status: "waiting", approvals: [{ request: { title: "Refund 400?" } }] });
    expect((await at.run(["approve", waiting.approvals[0].id, "--as", "dana"])).code).toBe(0);
    const shown = await client.callTool({ name: "show_run", arguments: { run: waiting.id } });
    expect(shown.structuredContent).toMatchObject({ status: "succeeded", approvals: [] });
  });

  it("answers wrong inputs with what is wrong with them, and starts nothing", async () => {
    const at = project();
    const client = await connect(at, "--only", "refund");
    const answer = await client.callTool({ name: "refund", arguments: { amount: -1, reason: "late" } });
    expect(answer.isError).toBe(true);
    expect(JSON.stringify(answer.content)).toContain("amount");
    expect(at.has(".stagecraft")).toBe(false);
  });
});
