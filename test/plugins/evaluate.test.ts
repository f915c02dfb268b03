import { describe, expect, it } from "vitest";
import evaluate from "../../plugins/evaluate/index.js";
import type { JsonObject, PureStageType } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";

const stage = evaluate.stages?.[0] as PureStageType;
const run = (criteria: JsonObject, more: JsonObject = {}) => stage.run({ criteria, ...more }, effectContext());
const info = (criteria: JsonObject) => ({ with: { criteria }, agents: {}, rulesets: {} });

describe("a quality gate", () => {
  it("passes when every criterion is met", async () => {
    const schema = { type: "object", required: ["text"] };
    const criteria = { short: { holds: true }, shape: { schema }, good: { score: 0.8, atLeast: 0.8 } };
    const { outcome, outputs } = await run(criteria, { value: { text: "x" } });
    expect(outcome).toBe("passed");
    expect(outputs).toMatchObject({ score: 1, missed: [] });
  });

  it("names what was missed, and why", async () => {
    const criteria = { shape: { schema: { type: "object", required: ["text"] } }, good: { score: 0.5, atLeast: 0.8 } };
    const { outcome, outputs } = await run(criteria, { value: {} });
    expect(outcome).toBe("missed");
    expect(outputs).toEqual({
      score: 0.25,
      missed: ["shape", "good"],
      criteria: {
        shape: { score: 0, passed: false, why: "value must have required property 'text'" },
        good: { score: 0.5, passed: false, why: "0.5 is less than 0.8" },
      },
    });
  });

  it("passes at the weighted score that is enough, unless something it must meet is missed", async () => {
    const criteria = { a: { holds: true, weight: 3 }, b: { holds: false } };
    expect((await run(criteria, { passAt: 0.75 })).outcome).toBe("passed");
    expect((await run(criteria, { passAt: 0.76 })).outcome).toBe("missed");
    const bound = { ...criteria, b: { holds: false, must: true } };
    expect((await run(bound, { passAt: 0 })).outcome).toBe("missed");
  });

  it("is told before the run of a criterion that is not exactly one of the three kinds", () => {
    expect(stage.check?.(info({ a: { score: 1 }, b: {}, c: { holds: true, schema: {} } }))).toMatchObject(
      Array(3).fill({ code: "evaluate-criterion" }),
    );
    expect(stage.check?.(info({ a: { schema: { type: "object" } }, b: { holds: true } }))).toEqual([]);
  });
});
