import { describe, expect, it } from "vitest";
import { tryOut } from "./support.js";

const TIERS = `inputs: { amount: { type: number }, kind: { type: string, enum: [a, b], default: a } }
rulesets:
  tier:
    version: "1"
    hit: first
    inputs: { amount: "\${{ facts.amount }}" }
    outputs: { tier: [low, high] }
    rules: [{ amount: "< 10", tier: low }, { amount: "< 100", tier: high }]
    default: { tier: high }
stages:
  tier: { uses: rules, with: { ruleset: tier, facts: { amount: "\${{ inputs.amount }}" } } }
  route: { needs: [tier], uses: switch, with: { value: "\${{ stages.tier.outputs.tier }}", cases: { low: low, high: high } } }
  kind: { uses: switch, with: { value: "\${{ inputs.kind }}", cases: { a: a } } }
  cheap: { needs: [route.low], uses: transform, with: { values: { ok: true } } }
  dear: { needs: [route.high], if: "\${{ inputs.amount < 1000 }}", uses: transform, with: { values: { ok: true } } }
`;

const one = (amount: number, more = "") =>
  `  - { name: "${amount}", inputs: { amount: ${amount}${more} }, expect: { status: succeeded } }\n`;

async function coverage(...cases: readonly string[]) {
  const [found] = (await tryOut(TIERS, `cases:\n${cases.join("")}`)).coverage;
  return { missing: found?.kinds.flatMap(({ missing }) => missing), percent: found?.percent };
}

describe("coverage", () => {
  it("names every stage, outcome, case and row that no case reached", async () => {
    expect((await coverage(one(5))).missing).toEqual([
      "dear",
      "dear.skipped",
      "route.high",
      "kind.otherwise",
      "tier row 2",
      "tier default",
    ]);
  });

  it("is complete when all were, and does not ask for what cannot be", async () => {
    // `route` takes every tier there is: its `otherwise` cannot come.
    const all = await coverage(one(5), one(50, ", kind: b"), one(5_000));
    expect(all).toEqual({ missing: [], percent: 100 });
  });

  it("is the part of everything that was reached", async () => {
    const { missing, percent } = await coverage(one(5), one(50));
    expect(missing).toEqual(["dear.skipped", "kind.otherwise", "tier default"]);
    expect(percent).toBeCloseTo((10 / 13) * 100);
  });
});
