import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import agent from "../../plugins/agent/index.js";
import type { EffectStageType, JsonObject, JsonSchema, StageInfo } from "../../src/plugin/api.js";

const stage = agent.stages?.[0] as EffectStageType;
const OUTPUT = { type: "object", properties: { risk: { type: "string" } } };

const info = (given: JsonObject, agents: StageInfo["agents"] = {}): StageInfo => ({
  with: given,
  agents,
  rulesets: {},
  tools: ["http.get"],
  providers: ["embedded", "openai"],
});
const check = (agents: StageInfo["agents"], name = "clerk") =>
  (stage.check?.(info({ agent: name }, agents)) ?? []).map(({ code, path, help, atRoot }) => ({
    code,
    path,
    help,
    atRoot,
  }));

describe("the check", () => {
  it("finds an unknown agent and guesses which was meant", () => {
    expect(check({ clerk: { instructions: "x" } }, "clrek")).toEqual([
      { code: "unknown-agent", path: ["with", "agent"], help: "did you mean clerk?", atRoot: undefined },
    ]);
    expect(check({ clerk: {} }, "constructor")).toMatchObject([{ code: "unknown-agent", help: "there are: clerk" }]);
  });

  it("wants the agent's name as plain text", () => {
    expect(check({}, "${{ inputs.agent }}")).toMatchObject([{ code: "agent-not-constant" }]);
  });

  it.each([
    ["an output that is no object", { output: { type: "string" } }, "agent-output-schema", ["output"]],
    ["an unknown tool", { tools: ["http.gte"] }, "unknown-tool", ["tools", 0]],
    ["an unknown tool with settings", { tools: ["http.get", { tool: "x" }] }, "unknown-tool", ["tools", 1, "tool"]],
    ["an unknown provider", { provider: "opnai" }, "unknown-provider", ["provider"]],
    [
      "an example that breaks the schema",
      {
        output: OUTPUT,
        examples: [
          { input: 1, output: { risk: "low" } },
          { input: 2, output: { risk: 3 } },
        ],
      },
      "agent-example",
      ["examples", 1, "output"],
    ],
  ])("finds %s where it is written", (_, written, code, path) => {
    const found = check({ clerk: { instructions: "x", ...written } as JsonObject });
    expect(found).toMatchObject([{ code, path: ["agents", "clerk", ...path], atRoot: true }]);
  });

  it("has nothing to say about a sound agent", () => {
    const clerk = { instructions: "x", output: OUTPUT, tools: ["http.get"], provider: "auto", examples: [] };
    expect(check({ clerk })).toEqual([]);
  });
});

describe("the outputs", () => {
  const outputOf = (agents: StageInfo["agents"]) =>
    typeof stage.output === "function" ? stage.output(info({ agent: "clerk" }, agents)) : stage.output;

  it("are the agent's own schema, else a text", () => {
    expect(outputOf({ clerk: { instructions: "x", output: OUTPUT } })).toEqual(OUTPUT);
    expect(outputOf({ clerk: { instructions: "x" } })).toMatchObject({ required: ["text"] });
  });
});

describe("the schema of an agent", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ["x-schema"] });
  const fits = ajv.compile(agent.definitions?.agents as JsonSchema);

  it("knows every key and refuses the rest", () => {
    expect(
      fits({ instructions: { file: "prompts/clerk.md" }, limits: { timeout: "60s", usd: 0.2 }, "x-note": 1 }),
    ).toBe(true);
    expect(fits({ instructions: "x", temprature: 1 })).toBe(false);
    expect(fits({ instructions: "x", limits: { maxTurn: 1 } })).toBe(false);
    expect(fits({ output: {} })).toBe(false);
  });
});
