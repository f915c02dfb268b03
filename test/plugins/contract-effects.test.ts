import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import agent from "../../plugins/agent/index.js";
import data from "../../plugins/data/index.js";
import embedded from "../../plugins/embedded/index.js";
import emit from "../../plugins/emit/index.js";
import http from "../../plugins/http/index.js";
import notify from "../../plugins/notify/index.js";
import openai from "../../plugins/openai/index.js";
import { pluginContract } from "../contracts/plugin.contract.js";
import { effectContext } from "../support/effect-context.js";
import { serve } from "../support/http-server.js";

const root = mkdtempSync(join(tmpdir(), "contract-"));
writeFileSync(join(root, "a.csv"), "id,n\n1,x\n");
const server = await serve(({ url }, response) => {
  if (!url.startsWith("/silent")) response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
});
vi.spyOn(process.stderr, "write").mockReturnValue(true);

afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
  rmSync(root, { recursive: true });
});

const agents = {
  clerk: {
    instructions: "Judge.",
    output: { type: "object", required: ["risk"], properties: { risk: { enum: ["low", "high"] } } },
  },
  writer: { instructions: "Write about ${{ input }}." },
};
const plugins = [agent, embedded, http, notify, openai];

pluginContract(agent, {
  agent: {
    runs: [
      { input: { agent: "clerk", input: "high risk" }, context: effectContext({ plugins, agents }) },
      { input: { agent: "writer", input: "rain" }, context: effectContext({ plugins, agents }) },
    ],
    hangs: {
      input: { agent: "clerk" },
      context: effectContext({ plugins, agents, env: { OPENAI_BASE_URL: `${server.url}/silent` } }),
    },
  },
});

pluginContract(http, {
  http: { runs: [{ input: { url: server.url } }], hangs: { input: { url: `${server.url}/silent` } } },
});

pluginContract(notify, {
  notify: {
    runs: [
      { input: { via: "console", message: "hello" }, context: effectContext({ plugins }) },
      { input: { via: "webhook", url: server.url, message: "hello" }, context: effectContext({ plugins }) },
    ],
    hangs: {
      input: { via: "webhook", url: `${server.url}/silent`, message: "hello" },
      context: effectContext({ plugins }),
    },
  },
});

pluginContract(emit, {
  emit: {
    runs: [
      { input: { event: "paid" } },
      { input: { event: "paid", data: { a: 1 }, webhook: server.url }, context: effectContext({ plugins }) },
    ],
    hangs: { input: { event: "paid", webhook: `${server.url}/silent` }, context: effectContext({ plugins }) },
  },
});

const ofRoot = effectContext({ root });
pluginContract(data, {
  "data.read": {
    runs: [
      { input: { file: "a.csv", columns: { n: "number" } }, context: ofRoot },
      { input: { file: "a.csv", limit: 1 }, context: ofRoot },
    ],
    hangs: { reason: "a local file ends" },
  },
  "data.write": {
    runs: [
      { input: { file: "b.ndjson", rows: [{ a: 1 }] }, context: ofRoot },
      { input: { database: "b.sqlite", table: "t", rows: [{ a: 1 }] }, context: ofRoot },
    ],
    hangs: { reason: "a local file takes what it is given" },
  },
});

pluginContract(embedded, {});
pluginContract(openai, {});
