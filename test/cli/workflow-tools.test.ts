import { afterEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { createProject, type Project } from "../support/cli.js";

let models: ModelServer;
afterEach(() => models.close());

const caller = `
apiVersion: stagecraft/v1
id: buy
version: "1.0.0"
agents:
  buyer:
    provider: openai
    model: local
    instructions: Find the price.
    tools: [workflow.lookup]
stages:
  ask: { uses: agent, with: { agent: buyer, prompt: find a price } }
outputs: { text: "\${{ stages.ask.outputs.text }}" }
`;
const called = (steps: string) => `
apiVersion: stagecraft/v1
id: lookup
version: "1.0.0"
title: Price of a thing
inputs: { thing: { type: string }, currency: { type: string, default: EUR } }
stages:
  find: { uses: notify, with: { via: console, message: "looks up \${{ inputs.thing }}" } }
${steps}
outputs: { price: "\${{ '7 ' + inputs.currency }}" }
`;

const turn = (turnIndex: number, response: object) => ({ match: { userMessage: "find a price", turnIndex }, response });

async function begun(steps = "") {
  models = await startModelServer([
    turn(0, { toolCalls: [{ name: "workflow_lookup", arguments: { thing: "clips" } }] }),
    turn(1, { content: "It is 7." }),
  ]);
  const project = createProject({
    "definitions/buy.workflow.yaml": caller,
    "definitions/lookup.workflow.yaml": called(steps),
  });
  return { project, env: { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: "sk-test-0123456789" } };
}

async function runsOf(project: Project, workflow: string): Promise<{ id: string; status: string }[]> {
  const { document } = await project.json(["runs", "ls"]);
  return document.runs.filter((run: { workflow: string }) => run.workflow === workflow);
}

/** What the model was told the tool had answered. */
async function told(): Promise<string> {
  const messages = (await models.requests()).at(-1)?.["messages"] as { role: string; content: string }[];
  return messages.find(({ role }) => role === "tool")?.content ?? "";
}

describe("a workflow as an agent's tool", () => {
  it("is a run of its own whose outputs are the answer, even where one effect may run at a time", async () => {
    const { project, env } = await begun();
    const { document } = await project.json(["run", "buy", "--concurrency", "1"], { env });
    expect(document.run).toMatchObject({ status: "succeeded", outputs: { text: "It is 7." } });
    expect(JSON.parse(await told())).toEqual({ price: "7 EUR" });
    const [child, ...more] = await runsOf(project, "lookup");
    expect(more).toEqual([]);
    const shown = (await project.json(["runs", "show", child?.id ?? ""])).document.run;
    expect(shown).toMatchObject({ status: "succeeded", inputs: { thing: "clips", currency: "EUR" } });
  }, 60_000);

  it("is started once though the process that waits for it is killed", async () => {
    const { project, env } = await begun("  rest: { needs: [find], uses: wait, with: { duration: 2s } }");
    const first = await project.run(["run", "buy"], {
      env,
      onOutput: (child, soFar) => void (soFar.includes("looks up clips") && child.kill("SIGKILL")),
    });
    expect(first.code).not.toBe(0);
    const [run] = await runsOf(project, "buy");
    const { document } = await project.json(["resume", run?.id ?? ""], { env });
    expect(document).toMatchObject({ run: { outputs: { text: "It is 7." } } });
    expect(JSON.parse(await told())).toEqual({ price: "7 EUR" });
    expect(await runsOf(project, "lookup")).toMatchObject([{ status: "succeeded" }]);
  }, 90_000);

  it("is read with the definition: one that is not there is a finding", async () => {
    const { project } = await begun();
    project.write("definitions/buy.workflow.yaml", caller.replace("workflow.lookup", "workflow.look"));
    const { stdout, code } = await project.run(["validate"]);
    expect(code).toBe(2);
    expect(stdout).toContain("there is no workflow `look`");
    expect(stdout).not.toContain("unknown-tool");
  }, 60_000);
});
