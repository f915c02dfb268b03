import { beforeAll, describe, expect, it } from "vitest";
import type { Registry } from "../../../src/plugin/registry.js";
import { fullRegistry, readText } from "../../support/reading.js";

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});

/** What is said of a payment that needs the board above 250,000. */
function said(route: string, more: { inputs?: string; policy?: string; pay?: string; extra?: string } = {}): string[] {
  const { inputs = "amount: { type: number, minimum: 0 }", policy, extra = "" } = more;
  const { pay = "needs: [{ anyOf: [board.approved, route.small] }]" } = more;
  const text = `apiVersion: stagecraft/v1
id: sample
version: "1.0.0"
inputs:
  ${inputs}
${extra}
stages:
${route}
  board: { needs: [route.otherwise], uses: approval, with: { approvers: ["role:board"], expires: 1d } }
  pay:
    ${pay}
    uses: notify
    with: { via: console, message: paid }
  no: { needs: [{ anyOf: [board.rejected, board.expired] }], uses: notify, with: { via: console, message: "no" } }
policies:
  - { id: board, stage: pay, requires: [board.approved], when: "${policy ?? "${{ inputs.amount > 250000 }}"}" }
`;
  const { diagnostics } = readText({ file: "sample.yaml", text }, registry);
  return diagnostics
    .filter(({ code }) => code !== "unused")
    .map(({ code, message, help }) =>
      code === "policy-violated"
        ? `${message.replace("policy `board` does not hold: ", "")}${help?.includes("not known") ? " (open)" : ""}`
        : `${code}: ${message}`,
    );
}

const cases = (condition: string) => `  route: { uses: switch, with: { cases: { small: "\${{ ${condition} }}" } } }`;

describe("conditions that compare fields with constants", () => {
  it("are decided at, below, between and above every constant", () => {
    expect(said(cases("inputs.amount <= 250000"))).toEqual([]);
    expect(said(cases("inputs.amount < 250001"))).toEqual([
      "inputs.amount = 250000.5: route.small → pay, without board.approved",
    ]);
    expect(said(cases("inputs.amount < 250001"), { inputs: "amount: { type: integer, minimum: 0 }" })).toEqual([]);
    expect(said(cases("!(inputs.amount > 250000 || inputs.amount == 7)"))).toEqual([]);
    expect(said(cases("250000 >= inputs.amount"))).toEqual([]);
  });

  it("are correlated through enums, booleans and lists", () => {
    const inputs = "kind: { type: string, enum: [a, b, c] }\n  vip: { type: boolean }";
    const policy = "${{ inputs.kind in ['a', 'b'] && !inputs.vip }}";
    expect(said(cases("inputs.kind == 'c' || inputs.vip"), { inputs, policy })).toEqual([]);
    expect(said(cases("inputs.kind != 'a'"), { inputs, policy })).toEqual([
      'inputs.kind = "b", inputs.vip = false: route.small → pay, without board.approved',
    ]);
  });

  it("know of an optional input that it may be absent, and that a policy then holds all the same", () => {
    const inputs = "amount: { type: number, optional: true }";
    const policy = "${{ coalesce(inputs.amount, 300000) > 250000 }}";
    expect(said(cases("has(inputs.amount) && inputs.amount <= 250000"), { inputs, policy })).toEqual([]);
    expect(said(cases("coalesce(inputs.amount, 0) <= 250000"), { inputs, policy })).toEqual([
      "inputs.amount absent: route.small → pay, without board.approved",
    ]);
  });

  it("are followed through stages that hand values on, and through decision tables", () => {
    const handed = `  prepare: { uses: transform, with: { values: { size: "\${{ inputs.amount }}" } }, outputs: { big: "\${{ result.size }}" } }
  route: { needs: [prepare], uses: switch, with: { cases: { small: "\${{ stages.prepare.outputs.big <= 250000 }}" } } }`;
    expect(said(handed)).toEqual([]);
    const table = (limit: number) => ({
      extra: `rulesets:
  tier:
    hit: unique
    inputs: { amount: "\${{ facts.amount }}" }
    outputs: { tier: [low, high] }
    rules: [{ amount: "<= ${limit}", tier: low }, { amount: "> ${limit}", tier: high }]`,
    });
    const looked = `  tier: { uses: rules, with: { ruleset: tier, facts: "\${{ inputs }}" } }
  route: { needs: [tier], uses: switch, with: { value: "\${{ stages.tier.outputs.tier }}", cases: { small: low } } }`;
    expect(said(looked, table(250_000))).toEqual([]);
    expect(said(looked, table(400_000))).toEqual([
      "inputs.amount = 325000: tier → route.small → pay, without board.approved",
    ]);
  });

  it("are told from a stage's own condition, which is false or not for the same input", () => {
    const route = cases("inputs.amount < 10");
    const pay = `needs: [{ anyOf: [board.approved, route.done] }]\n    if: "\${{ inputs.amount <= 250000 }}"`;
    expect(said(route, { pay })).toEqual([]);
  });
});

describe("conditions that cannot be decided", () => {
  it("are taken as possible, and said", () => {
    expect(said(cases("inputs.amount * 2 < 10"))).toEqual([
      "inputs.amount = 300000: route.small → pay, without board.approved (open)",
    ]);
  });

  it("are not decided by the order of texts, of which any may be given", () => {
    const inputs = "amount: { type: number }\n  code: { type: string }";
    expect(said(cases("inputs.code < 'm'"), { inputs, policy: "${{ inputs.code < 'f' }}" })).toEqual([
      "route.small → pay, without board.approved (open)",
    ]);
  });

  it("reckon with a stage that did not run, where its output is read with a fallback", () => {
    const route = `  fixed: { uses: transform, if: "\${{ inputs.vip }}", with: { values: { free: false } } }
  route:
    needs: [fixed]
    uses: switch
    with: { cases: { small: "\${{ coalesce(stages.?fixed.?outputs.?free, true) }}" } }`;
    const inputs = "vip: { type: boolean }";
    expect(said(route, { inputs, policy: "${{ !inputs.vip }}" })).toHaveLength(1);
  });

  it("are so where the outputs may be others than the stage's own", () => {
    const route = `  prepare:
    uses: transform
    with: { values: { size: "\${{ inputs.amount }}" } }
    onError: [{ do: skip, outputs: { size: 1 } }]
  route: { needs: [prepare], uses: switch, with: { cases: { small: "\${{ stages.prepare.outputs.size <= 250000 }}" } } }`;
    expect(said(route)).toEqual(["inputs.amount = 300000: prepare → route.small → pay, without board.approved (open)"]);
  });

  it("leave fields open where they make too many cases, and what is proved stays proved", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const inputs = ["amount: { type: number }", ...names.map((name) => `${name}: { type: number }`)].join("\n  ");
    const tests = names.map((name) => `inputs.${name} in [1, 2, 3, 4]`).join(" || ");
    expect(said(cases(`(${tests}) && inputs.amount <= 250000`), { inputs })).toEqual([]);
    const [finding] = said(cases(`(${tests}) && inputs.amount <= 250001`), { inputs });
    expect(finding).toMatch(/route\.small → pay, without board\.approved/);
  });
});
