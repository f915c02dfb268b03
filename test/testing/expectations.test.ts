import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/reading.js";
import { said, tryOut } from "./support.js";

const STEPS = `inputs: { n: { type: number, default: 1 } }
state: { seen: { type: number, default: 0 } }
stages:
  one: { uses: transform, with: { values: { list: [1, 2], deep: { a: 1, b: 2 } } }, set: { seen: "\${{ inputs.n }}" } }
  two: { needs: [one], uses: transform, with: { values: { n: "\${{ inputs.n + 1 }}" } } }
  way: { needs: [two], uses: switch, with: { cases: { big: "\${{ inputs.n > 5 }}" } } }
  big: { needs: [way.big], uses: transform, with: { values: { big: true } } }
outputs: { n: "\${{ stages.two.outputs.n }}", list: "\${{ stages.one.outputs.list }}", deep: "\${{ stages.one.outputs.deep }}" }
`;

/** One expectation a case, named after itself. */
const cases = (expectations: readonly string[]) =>
  `cases:\n${expectations.map((text) => `  - { name: ${JSON.stringify(text)}, expect: ${text} }\n`).join("")}`;

describe("expectations", () => {
  const right = [
    "{ status: succeeded }",
    "{ outputs: { n: 2 } }",
    "{ outputs: { deep: { b: 2 } } }",
    "{ outputs: { list: [1, 2] } }",
    "{ stages: { one: succeeded, big: omitted, way: otherwise } }",
    "{ stages: { two: { outputs: { n: 2 } } } }",
    "{ order: [one, way] }",
    "{ state: { seen: 1 } }",
    "{ journal: [{ type: runStarted, by: test }, { type: stageEnded, stage: two }, { type: runEnded }] }",
  ];

  it("that hold pass", async () => {
    const report = await tryOut(STEPS, cases(right));
    expect(Object.values(said(report)).flat()).toEqual([]);
    expect(Object.keys(said(report))).toHaveLength(right.length);
  });

  const wrong = [
    ["{ status: failed }", 'status: expected "failed", actual "succeeded"'],
    ["{ error: timeout }", 'error: expected "timeout", actual nothing'],
    ["{ outputs: { n: 3 } }", "outputs.n: expected 3, actual 2"],
    ["{ outputs: { m: 3 } }", "outputs.m: expected 3, actual nothing"],
    ["{ outputs: { deep: { a: 2 } } }", "outputs.deep.a: expected 2, actual 1"],
    ["{ outputs: { list: [1] } }", "outputs.list: expected [1], actual [1,2]"],
    ["{ stages: { big: succeeded } }", 'big: expected "succeeded", actual "omitted"'],
    ["{ stages: { two: { outputs: { n: 9 } } } }", "outputs of two.n: expected 9, actual 2"],
    ["{ stages: { two: { error: timeout } } }", 'error of two: expected "timeout", actual nothing'],
    ["{ order: [way, one] }", "order: one does not begin after way"],
    ["{ order: [one, big] }", "order: big never begins"],
    ["{ state: { seen: 2 } }", "state.seen: expected 2, actual 1"],
    ["{ journal: [{ type: stageEnded, stage: big, outcome: succeeded }] }", "journal: no event"],
    [
      "{ journal: [{ type: runEnded }, { type: runStarted }] }",
      'journal: no event {"type":"runStarted"} after the one before',
    ],
  ] as const;

  it("that do not hold fail, each with what was expected and what came", async () => {
    const results = said(await tryOut(STEPS, cases(wrong.map(([text]) => text))));
    for (const [text, message] of wrong) {
      expect(results[text], text).toHaveLength(1);
      expect(results[text]?.[0], text).toContain(`expectation-failed: ${message}`);
    }
  });

  it("fail at their place in the file", async () => {
    const report = await tryOut(STEPS, "cases:\n  - name: one\n    expect:\n      outputs: { n: 2, list: [] }\n");
    const [failure] = report.suites[0]?.cases[0]?.failures ?? [];
    expect(failure).toMatchObject({
      range: { start: { line: 7, column: 30 } },
      expected: [],
      actual: [1, 2],
      path: "cases.0.expect.outputs.list",
    });
  });

  it("are checked for each case alone: many run side by side and share nothing", async () => {
    const many = Array.from(
      { length: 40 },
      (_, n) => `  - { name: n${n}, inputs: { n: ${n} }, expect: { outputs: { n: ${n + 1} } } }`,
    );
    const results = said(await tryOut(STEPS, `cases:\n${many.join("\n")}\n`));
    expect(Object.values(results)).toEqual(Array.from({ length: 40 }, () => []));
  });

  it("are asked only of the cases a pattern names", async () => {
    const text = cases(["{ outputs: { n: 2 } }", "{ status: failed }"]);
    const report = await tryOut(STEPS, text, ["status: failed"]);
    expect(report.suites.flatMap((suite) => suite.cases.map(({ name }) => name))).toEqual(["{ status: failed }"]);
    await expect(tryOut(STEPS, text, ["nothing like it"])).rejects.toMatchObject({ code: "no-tests" });
  });
});

describe("the page about tests", () => {
  const page = readFileSync(join(ROOT, "docs/how-to/test-a-workflow.md"), "utf8");
  const block = (name: string) => new RegExp(`^# file: ${name}\\n([\\s\\S]*?)^\`\`\``, "m").exec(page)?.[1] ?? "";

  it("shows a test that passes", async () => {
    const definition = block("refund.workflow.yaml").replace(/^(apiVersion|id|version): .*\n/gm, "");
    const cases = block("refund.test.yaml").replace(/^(apiVersion|kind|workflow): .*\n/gm, "");
    const results = said(await tryOut(definition, cases));
    expect(Object.keys(results)).toHaveLength(4);
    expect(Object.values(results).flat()).toEqual([]);
  });
});
