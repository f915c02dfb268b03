import fs from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { createProject } from "../support/cli.js";
import { type HttpServer, serve } from "../support/http-server.js";

let models: ModelServer;
let shop: HttpServer;
afterEach(async () => {
  await models.close();
  await shop.close();
});

const TURNS = 8;
const definition = () => `
apiVersion: stagecraft/v1
id: shopping
version: "1.0.0"
agents:
  buyer:
    provider: openai
    instructions: Compare prices.
    tools: [{ tool: http.get, with: { hosts: ["127.0.0.1"] } }]
    limits: { maxTurns: ${TURNS} }
stages:
  buy: { uses: agent, with: { agent: buyer, prompt: go shopping } }
outputs: { answer: "\${{ stages.buy.outputs.text }}" }
`;

/** How often each turn was asked for: a request carries the answers of all turns before it. */
async function turnsAsked(): Promise<number[]> {
  const asked = (await models.requests()).map(({ messages }) => {
    return (messages as { role: string }[]).filter(({ role }) => role === "assistant").length;
  });
  return Array.from({ length: TURNS }, (_, turn) => asked.filter((before) => before === turn).length);
}

describe("an agent whose process is killed in its sixth turn", () => {
  it("is asked no turn twice, and no tool's result is fetched again", async () => {
    let kill = () => {};
    shop = await serve(({ url }, response, count) => {
      // The first time the sixth turn's tool is called, its process is gone before there is an answer.
      if (url === "/6" && count === 6) kill();
      else response.end(`price ${url}`);
    });
    models = await startModelServer(
      Array.from({ length: TURNS }, (_, turnIndex) => ({
        match: { userMessage: "go shopping", turnIndex },
        response:
          turnIndex === TURNS - 1
            ? { content: "The cheapest is 3." }
            : { toolCalls: [{ name: "http_get", arguments: { url: `${shop.url}/${turnIndex + 1}` } }] },
      })),
    );
    const project = createProject({ "definitions/shopping.workflow.yaml": definition() });
    const env = { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: "sk-test-0123456789" };
    const killed = await project.run(["run", "shopping", "--json", "--events"], {
      env,
      onOutput: (child) => {
        kill = () => void child.kill("SIGKILL");
      },
    });
    expect(killed.code, killed.stderr).toBeNull();
    expect(await turnsAsked()).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
    const resumed = await project.json(["resume", "--last"], { env });
    expect(resumed.document.run).toMatchObject({ status: "succeeded", outputs: { answer: "The cheapest is 3." } });
    expect(await turnsAsked()).toEqual(Array(TURNS).fill(1));
    expect(shop.seen.map(({ url }) => url)).toEqual(["/1", "/2", "/3", "/4", "/5", "/6", "/6", "/7"]);
    expect(fs.existsSync(project.folder)).toBe(true);
  });
});
