import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { createProject, type Project } from "../support/cli.js";

const SECRET = "tok-91f0aa77";
const KEY = "sk-test-0123456789";
const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 };
const definition = (prompt: string) => `
apiVersion: stagecraft/v1
id: judge
version: "1.0.0"
secrets: [ERP_TOKEN]
agents:
  clerk:
    provider: openai
    model: local
    instructions: Judge.
    output: { type: object, additionalProperties: false, required: [verdict], properties: { verdict: { enum: [ok, odd] } } }
stages:
  ask:
    uses: agent
    with: { agent: clerk, prompt: "${prompt} by \${{ secrets.ERP_TOKEN }}" }
outputs: { verdict: "\${{ stages.ask.outputs.verdict }}" }
`;
const test = `
apiVersion: stagecraft/v1
kind: WorkflowTest
workflow: judge
cases:
  - name: it is odd
    mocks: { ask: [{ cassette: tape }] }
    expect: { status: succeeded, outputs: { verdict: odd } }
`;

let models: ModelServer | undefined;
afterEach(async () => {
  await models?.close();
  models = undefined;
});

/** A project with one recorded call, and nobody left who could answer another. */
async function recorded(): Promise<{ project: Project; files: string[]; text: string }> {
  const project = createProject({ "definitions/judge.workflow.yaml": definition("judge this") });
  models = await startModelServer([
    { match: { userMessage: "judge this" }, response: { content: '{"verdict":"odd"}', usage } },
  ]);
  const env = { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: KEY, ERP_TOKEN: SECRET };
  const { document } = await project.json(["run", "judge", "--record", "tape"], { env });
  expect(document.run.outputs).toEqual({ verdict: "odd" });
  await models.close();
  models = undefined;
  const files = readdirSync(join(project.folder, "tape"));
  return { project, files, text: readFileSync(join(project.folder, "tape", files[0] ?? ""), "utf8") };
}

describe("a recording", () => {
  it("is one file a call, with neither secrets nor keys nor headers in it", async () => {
    const { files, text } = await recorded();
    expect(files).toEqual([expect.stringMatching(/^clerk-[0-9a-f]{16}\.json$/)]);
    expect(text).toContain("judge this by ***");
    for (const word of [SECRET, KEY, "uthorization"]) expect(text).not.toContain(word);
  }, 60_000);

  it("answers with no server and no key, whatever the secrets are then, and costs nothing", async () => {
    const { project } = await recorded();
    const env = { ERP_TOKEN: "another-secret" };
    const { code, document } = await project.json(["run", "judge", "--replay", "tape"], { env });
    expect(code).toBe(0);
    expect(document.run.outputs).toEqual({ verdict: "odd" });
    const [cost] = (await project.json(["costs", "--by", "model"])).document.costs.slice(-1);
    expect(cost).toMatchObject({ key: "openai/local", inputTokens: 40, usd: 0 });
  }, 60_000);

  it("does not answer another request, and says in what that is another one", async () => {
    const { project } = await recorded();
    project.write("definitions/judge.workflow.yaml", definition("decide this"));
    const { code, document } = await project.json(["run", "judge", "--replay", "tape"], { env: { ERP_TOKEN: SECRET } });
    expect(code).toBe(1);
    const [ask] = document.run.stages;
    expect(ask.error).toMatchObject({
      code: "cassette-miss",
      message: expect.stringContaining("messages.0.content"),
    });
  }, 60_000);

  it("answers in a test of the definition", async () => {
    const { project } = await recorded();
    project.write("definitions/judge.test.yaml", test);
    expect(await project.run(["test"])).toMatchObject({ code: 0 });
    project.write("definitions/judge.workflow.yaml", definition("decide this"));
    const changed = await project.run(["test"]);
    expect(changed.code).toBe(1);
    expect(changed.stdout + changed.stderr).toContain("failed");
  }, 60_000);

  it("knows an attached file by its hash: the same one needs no server, another one is another request", async () => {
    const attached = definition("judge this").replace("agent: clerk,", "agent: clerk, attachments: [note.md],");
    const project = createProject({ "definitions/judge.workflow.yaml": attached, "note.md": "# Paid twice" });
    models = await startModelServer([
      { match: { userMessage: "judge this" }, response: { content: '{"verdict":"odd"}' } },
    ]);
    const env = { OPENAI_BASE_URL: models.baseUrl, ERP_TOKEN: SECRET };
    expect((await project.json(["run", "judge", "--record", "tape"], { env })).code).toBe(0);
    expect(JSON.stringify((await models.requests())[0])).toContain("# Paid twice");
    const [file = ""] = readdirSync(join(project.folder, "tape"));
    expect(readFileSync(join(project.folder, "tape", file), "utf8")).not.toContain("Paid twice");
    await models.close();
    models = undefined;
    const replay = () => project.json(["run", "judge", "--replay", "tape"], { env: { ERP_TOKEN: SECRET } });
    expect((await replay()).document.run.outputs).toEqual({ verdict: "odd" });
    project.write("note.md", "# Paid once");
    const [ask] = (await replay()).document.run.stages;
    expect(ask.error.message).toContain("attachments.0.sha256");
  }, 60_000);

  it("that is no recording is refused before anything starts", async () => {
    const { project, files } = await recorded();
    writeFileSync(join(project.folder, "tape", files[0] ?? ""), "{}");
    const { code, document } = await project.json(["run", "judge", "--replay", "tape"], { env: { ERP_TOKEN: SECRET } });
    expect(code).toBe(2);
    expect(document.error.code).toBe("cassette-unusable");
    const both = await project.run(["run", "judge", "--replay", "tape", "--record", "tape"]);
    expect(both.code).toBe(2);
  }, 60_000);
});
