import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import agent from "../../plugins/agent/index.js";
import data from "../../plugins/data/index.js";
import embedded from "../../plugins/embedded/index.js";
import http from "../../plugins/http/index.js";
import notify from "../../plugins/notify/index.js";
import openai from "../../plugins/openai/index.js";
import { pluginContract } from "../contracts/plugin.contract.js";
import { effectContext } from "../support/effect-context.js";
import { serve } from "../support/http-server.js";

const server = await serve((request, response) => {
  if (request.url.startsWith("/hang")) return;
  response.setHeader("content-type", "application/json");
  response.end('{"ok":true}');
});
const root = mkdtempSync(join(tmpdir(), "stagecraft-contract-"));
writeFileSync(join(root, "rows.csv"), "id,amount\na,1\nb,2\n");
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const clerk = {
  provider: "embedded",
  instructions: "Decide.",
  output: { type: "object", required: ["tier"], properties: { tier: { type: "string", enum: ["small", "large"] } } },
};
const context = effectContext({ plugins: [notify, embedded], agents: { clerk }, root });

pluginContract(http, {
  http: {
    runs: [{ input: { url: `${server.url}/ok` }, context }],
    hangs: { input: { url: `${server.url}/hang` }, context },
  },
});

pluginContract(notify, {
  notify: {
    runs: [
      { input: { via: "console", message: "done" }, context },
      { input: { via: "webhook", message: "done", url: `${server.url}/hook` }, context },
    ],
    hangs: { input: { via: "webhook", message: "done", url: `${server.url}/hang` }, context },
  },
});

pluginContract(data, {
  "data.read": {
    runs: [{ input: { file: "rows.csv", columns: { amount: "number" } }, context }],
    hangs: { reason: "a file of the project ends" },
  },
  "data.write": {
    runs: [{ input: { file: "out.ndjson", rows: [{ id: "a" }] }, context }],
    hangs: { reason: "a file of the project ends" },
  },
});

pluginContract(agent, {
  agent: {
    runs: [{ input: { agent: "clerk", input: { note: "a small matter" } }, context }],
    hangs: { reason: "which calls can hang is the provider's: openai's tests abort one" },
  },
});

pluginContract(embedded, {});
pluginContract(openai, {});
