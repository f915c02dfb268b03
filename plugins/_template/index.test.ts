import { StageError } from "stagecraft/plugin";
import { expect, it } from "vitest";
import plugin from "./index.js";

const [stage] = plugin.stages ?? [];
const context = {
  now: 0,
  runStartedAt: 0,
  run: { id: "run_1", workflow: "sample", version: "1.0.0", stage: "count" },
  agents: {},
  rulesets: {},
};

function count(text: string, atLeast = 0) {
  if (stage?.kind !== "pure") throw new Error("the stage is pure");
  return stage.run({ text, atLeast }, context);
}

it("counts words", () => {
  expect(count("the quick  brown fox")).toEqual({ outputs: { words: 4 } });
});

it("fails on a text that is too short", () => {
  expect(() => count("fox", 2)).toThrow(StageError);
});
