import { afterEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { createProject } from "../support/cli.js";

let models: ModelServer;
afterEach(() => models.close());

/** 27 dollars a call at the agent's price, and somewhat more is reserved for one. */
const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 };
const definition = (budget: string) => `
apiVersion: stagecraft/v1
id: fan
version: "1.0.0"
budget: ${budget}
agents:
  clerk:
    provider: openai
    model: local
    instructions: Judge.
    limits: { maxOutputTokens: 7 }
    price: { input: 1000000, output: 1000000 }
stages:
  ask:
    uses: agent
    forEach: { items: "\${{ range(100) }}", as: item, concurrency: 100 }
    with: { agent: clerk, prompt: judge this }
`;

async function fan(budget: string) {
  models = await startModelServer([{ match: { userMessage: "judge this" }, response: { content: "Fine.", usage } }]);
  const project = createProject({ "definitions/fan.workflow.yaml": definition(budget) });
  const env = { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: "sk-test-0123456789" };
  return { project, env };
}

describe("a fan-out of a hundred calls at once with money for ten", () => {
  it("asks the server no more than ten times, pauses, and goes on with more money", async () => {
    const { project, env } = await fan("{ usd: 270 }");
    const first = await project.json(["run", "fan", "--concurrency", "100"], { env });
    expect(first.document.run.status).toBe("paused");
    const asked = (await models.requests()).length;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(10);

    const again = await project.json(["resume", "--last"], { env });
    expect(again.document.run.status).toBe("paused");
    expect((await models.requests()).length).toBeLessThanOrEqual(10);

    const more = await project.json(["resume", "--last", "--budget", "10000"], { env });
    expect(more.document.run.status).toBe("succeeded");
    expect(await models.requests()).toHaveLength(100);

    const costs = await project.json(["costs", "--by", "stage"]);
    const [only] = costs.document.costs;
    expect(costs.document.costs).toHaveLength(1);
    expect(only).toMatchObject({ key: "fan/ask", calls: 100, inputTokens: 2000, outputTokens: 700, usd: 2700 });
    expect(only).toMatchObject({ unpriced: 0, estimated: 0 });
    const csv = await project.run(["costs", "--by", "model", "--csv"]);
    expect(csv.stdout).toBe(
      "model,calls,inputTokens,outputTokens,usd,unpriced,estimated,prices\r\nopenai/local,100,2000,700,2700,0,0,the agent's own\n",
    );
    expect((await project.run(["costs", "--since", "2999-01-01"])).stderr).toContain("no model was asked");
  }, 120_000);
});

describe("a budget in dollars", () => {
  it("asks nothing of a model whose price nobody knows", async () => {
    const { project, env } = await fan("{ usd: 1000 }");
    project.write("definitions/fan.workflow.yaml", definition("{ usd: 1000 }").replace(/ {4}price:.*\n/, ""));
    const { code, document } = await project.json(["run", "fan"], { env });
    expect(code).toBe(1);
    expect(document.run.stages.find(({ path }: { path: string }) => path === "ask[0]").error.code).toBe(
      "budget-price-unknown",
    );
    expect(await models.requests()).toEqual([]);
  });
});

describe("a run that has no more money, or no more tokens", () => {
  it.each([
    ["{ usd: 20 }", /next: (npx stagecraft resume \S+ --budget \d+\.\d\d)\n/],
    ["{ tokens: 20 }", /next: (npx stagecraft resume \S+ --tokens \d+)\n/],
  ])("with %s names the command that lets it go on, and it does", async (budget, next) => {
    const { project, env } = await fan(budget);
    project.write("definitions/fan.workflow.yaml", definition(budget).replace("range(100)", "range(1)"));
    const paused = await project.run(["run", "fan"], { env });
    expect(paused.code).toBe(3);
    expect(paused.stdout).toContain("the run's budget has no room");
    const [, command = ""] = next.exec(paused.stderr) ?? expect.unreachable(paused.stderr);
    const again = await project.json(command.split(" ").slice(2), { env });
    expect(again.document.run.status).toBe("succeeded");
    expect(await models.requests()).toHaveLength(1);
  });
});

describe("a project's price table", () => {
  const table = (more: object = {}) =>
    JSON.stringify({
      prices: [
        {
          provider: "openai",
          model: "local",
          date: "2026-01-01",
          source: "contract 7",
          input: 1e6,
          output: 1e6,
          ...more,
        },
      ],
    });
  const unpriced = definition("{ usd: 1000 }")
    .replace(/ {4}price:.*\n/, "")
    .replace("range(100)", "range(2)");

  it("is what a model costs that nobody else lists, and costs say at which row it was paid", async () => {
    const { project, env } = await fan("{ usd: 1000 }");
    project.write("definitions/fan.workflow.yaml", unpriced);
    project.write("stagecraft.config.yaml", "prices: prices.json");
    project.write("prices.json", table());
    const { document } = await project.json(["run", "fan"], { env });
    expect(document.run.status).toBe("succeeded");
    const row = "openai/local@2026-01-01 (project)";
    const { costs } = (await project.json(["costs"])).document;
    expect(costs).toMatchObject([{ calls: 2, usd: 54, prices: [row], unknown: [] }]);
    expect((await project.run(["costs"])).stderr).toContain(`at the prices: ${row}`);
  });

  it("that is wrong is refused with its place", async () => {
    const { project } = await fan("{ usd: 1000 }");
    project.write("stagecraft.config.yaml", "prices: prices.json");
    project.write("prices.json", table({ date: "last week" }));
    const { code, stderr } = await project.run(["costs"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/prices\.json\.prices\.0\.date must match[\s\S]*\[config-invalid\]/);
  });

  it("names the models it lacks", async () => {
    const { project, env } = await fan("{ tokens: 100000 }");
    project.write("definitions/fan.workflow.yaml", unpriced.replace("usd: 1000", "tokens: 100000"));
    await project.json(["run", "fan"], { env });
    expect((await project.run(["costs"])).stderr).toContain(
      "nobody knows the price of 2 of these calls (openai/local)",
    );
  });
});
