import { afterEach, describe, expect, it } from "vitest";
import { startModelServer } from "../support/aimock.js";
import { createProject, type Project } from "../support/cli.js";
import { serve } from "../support/http-server.js";

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

const definition = (items: number, more: string, budget = "") => `
apiVersion: stagecraft/v1
id: fan
version: "1.0.0"
${budget}
inputs: { side: { type: string } }
agents:
  clerk: { provider: openai, model: local, instructions: Judge., ${more} }
stages:
  ask:
    uses: agent
    forEach: { items: "\${{ range(${items}) }}", as: item, concurrency: 100 }
    retry: { maxAttempts: 50, delay: 50ms, backoff: fixed, jitter: none }
    with: { agent: clerk, prompt: "judge \${{ inputs.side }}\${{ item }}." }
`;

/** The same workflow in two programs on one database, at once. */
function both(project: Project, baseUrl: string) {
  const env = { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: "sk-test-0123456789" };
  const run = (side: string) => project.json(["run", "fan", "-i", `side=${side}`, "--concurrency", "100"], { env });
  return Promise.all([run("a"), run("b")]);
}

describe("two programs on one database", { timeout: 120_000 }, () => {
  it("lose no call in a storm of 429s and double none", async () => {
    const items = 15;
    const refused = new Map<string, number>();
    const answered = new Map<string, number>();
    const server = await serve(({ body }, response, count) => {
      const prompt = /judge (\w+)/.exec(body)?.[1] ?? "";
      const times = refused.get(prompt) ?? 0;
      if (times === 0 || count % 3 === 0) {
        refused.set(prompt, times + 1);
        response.writeHead(429, { "retry-after": "1", "content-type": "application/json" }).end('{"error":{}}');
        return;
      }
      answered.set(prompt, (answered.get(prompt) ?? 0) + 1);
      const choices = [{ index: 0, message: { content: `yes to ${prompt}` }, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ model: "local", choices }));
    });
    closing.push(server);
    const project = createProject({ "definitions/fan.workflow.yaml": definition(items, "") });
    const ends = await both(project, `${server.url}/v1`);
    expect(ends.map(({ document }) => document.run.status)).toEqual(["succeeded", "succeeded"]);
    const prompts = ["a", "b"].flatMap((side) => Array.from({ length: items }, (_, item) => `${side}${item}`));
    expect([...answered.keys()].sort()).toEqual(prompts.sort());
    expect([...answered.values()].filter((times) => times !== 1)).toEqual([]);
    // Each stage has its own answer, after as many attempts as the server saw.
    for (const [at, { document }] of ends.entries()) {
      for (let item = 0; item < items; item++) {
        const stage = document.run.stages.find(({ path }: { path: string }) => path === `ask[${item}]`);
        const prompt = `${"ab"[at]}${item}`;
        expect(stage.outputs.text).toBe(`yes to ${prompt}`);
        expect(stage.attempts).toBe(1 + (refused.get(prompt) ?? 0));
      }
    }
  });

  it("make no more calls together than there is money for", async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 };
    const models = await startModelServer([{ match: { userMessage: "judge" }, response: { content: "Fine.", usage } }]);
    closing.push(models);
    // 27 dollars a call, and somewhat more is reserved for one.
    const dear = "limits: { maxOutputTokens: 7 }, price: { input: 1000000, output: 1000000 }";
    const budget = "budget: { day: { usd: 280 }, onExceed: pause }";
    const project = createProject({ "definitions/fan.workflow.yaml": definition(100, dear, budget) });
    const ends = await both(project, models.baseUrl);
    expect(ends.map(({ document }) => document.run.status)).toEqual(["paused", "paused"]);
    const asked = (await models.requests()).length;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(10);
    const { costs } = (await project.json(["costs"])).document;
    expect(costs).toMatchObject([{ calls: asked, usd: asked * 27, estimated: 0 }]);
  });
});
