import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const WORKFLOW = `apiVersion: stagecraft/v1
id: discount
version: "1.0.0"
inputs: { total: { type: number } }
rulesets:
  discount:
    version: "2"
    inputs: { total: "\${{ facts.total }}" }
    outputs: { percent: { type: number } }
    rules:
      - { total: "< 1000", percent: 0 }
      - { total: "[1000..5000)", percent: 5 }
      - { total: ">= 5000", percent: 10 }
stages:
  ask: { uses: rules, with: { ruleset: discount, facts: "\${{ inputs }}" } }
outputs: { percent: "\${{ stages.ask.outputs.percent }}" }
`;
const CASES = (percent: number) => `workflow: discount
ruleset: discount
cases:
  - { name: a small order, facts: { total: 10 }, expect: { percent: 0, matched: [1] } }
  - { name: a large order, facts: { total: 9000 }, expect: { percent: ${percent} } }
  - { name: no number, facts: { total: much }, error: rules-input }
`;
const files = { "definitions/discount.workflow.yaml": WORKFLOW };

it("holds a decision table against its cases, and says which rows matched and which never did", async () => {
  const at = createProject({ ...files, "good.cases.yaml": CASES(10), "bad.cases.yaml": CASES(20) });
  const good = await at.run(["rules", "test", "good.cases.yaml"]);
  expect(good).toMatchObject({ code: 0 });
  expect(good.stdout).toContain("discount: discount 2");
  expect(good.stdout).toContain("3 of 3 passed");
  expect(good.stdout).toContain("no case matches row 2");
  const { code, document } = await at.json(["rules", "test", "bad.cases.yaml"]);
  expect(code).toBe(1);
  expect(document).toMatchObject({ failed: 1, untouched: [2], version: "2" });
  expect(document.cases[1]).toMatchObject({ matched: [3], faults: ["percent is 10, and was to be 20"] });
});

it("says what is wrong with cases that cannot be read", async () => {
  const at = createProject({
    ...files,
    "a.yaml": CASES(10).replace("ruleset: discount", "ruleset: other"),
    "b.yaml": "workflow: discount\nruleset: discount\ncases: [{ facts: {} }]\n",
  });
  expect(await at.run(["rules", "test", "a.yaml"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("rulesets: discount"),
  });
  expect(await at.run(["rules", "test", "b.yaml"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("b.yaml"),
  });
  expect((await at.run(["rules", "test", "c.yaml"])).code).toBe(2);
});

const text = (value: string) => `<text>${value}</text>`;
const row = (cell: string, answer: string, note = "") =>
  `<rule><inputEntry>${text(cell)}</inputEntry><outputEntry>${text(answer)}</outputEntry>${note}</rule>`;
const DMN = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="fees">
  <decision name="Late Fee"><decisionTable hitPolicy="FIRST">
    <input><inputExpression typeRef="number">${text("days late")}</inputExpression></input>
    <output name="fee" typeRef="number"/>
    ${row("&gt; 30", "50", `<annotationEntry>${text("policy 7")}</annotationEntry>`)}
    ${row("]0..30]", "5")}
    ${row("&gt; limit", "7")}
    ${row("-", "days late * 2")}
    ${row("-", "0")}
  </decisionTable></decision>
  <decision name="Total"><literalExpression>${text("a + b")}</literalExpression></decision>
</definitions>`;

it("takes the tables out of a DMN file, and names what it could not carry over", async () => {
  const at = createProject({ ...files, "fees.dmn": DMN, "not.dmn": "<a><b></a>" });
  const { code, document } = await at.json(["rules", "import", "fees.dmn", "--out", "fees.yaml"]);
  expect(code).toBe(1);
  expect(document.lost).toEqual([
    "decision Late Fee: row 3 is left out: days late says > limit",
    "decision Late Fee: row 4 is left out: fee is computed: days late * 2",
    "decision Total: it is no decision table",
  ]);
  expect(document.rulesets.lateFee).toMatchObject({
    hit: "first",
    inputs: { "days late": { value: '${{ facts["days late"] }}', schema: { type: "number" } } },
    rules: [{ "days late": "> 30", fee: 50, note: "policy 7" }, { "days late": "(0..30]", fee: 5 }, { fee: 0 }],
  });
  expect(fs.readFileSync(path.join(at.folder, "fees.yaml"), "utf8")).toContain("# not carried over: decision Total");
  expect((await at.run(["rules", "import", "fees.dmn", "--out", "fees.yaml"])).stderr).toContain("is there already");
  expect(await at.run(["rules", "import", "not.dmn"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no DMN file"),
  });
});

const FEE = `apiVersion: stagecraft/v1
id: fee
version: "1.0.0"
inputs: { on: { type: string } }
rulesets:
  fee:
    inputs: { amount: "\${{ facts.amount }}" }
    outputs: { percent: { type: number } }
    versions:
      - { version: "2025", validTo: 2025-12-31, rules: { file: old.csv } }
      - { version: "2026", validFrom: 2026-01-01, rules: [{ amount: any, percent: 3 }] }
stages:
  fee: { uses: rules, with: { ruleset: fee, at: "\${{ inputs.on }}", facts: { amount: 5 } } }
outputs: { percent: "\${{ stages.fee.outputs.percent }}" }
`;

it("asks the version of the day, says so in the journal, and tests the version that the cases name", async () => {
  const cases = (which: string, percent: number) =>
    `workflow: fee\nruleset: fee\n${which}\ncases:\n  - { facts: { amount: 1 }, expect: { percent: ${percent} } }\n`;
  const at = createProject({
    "definitions/fee.workflow.yaml": FEE,
    "definitions/old.csv": "amount,percent\nany,2\n",
    "old.cases.yaml": cases('version: "2025"', 2),
    "new.cases.yaml": cases("at: 2026-05-01", 3),
    "odd.cases.yaml": cases('version: "2024"', 3),
  });
  const { document } = await at.json(["run", "fee", "--input", "on=2025-12-31"]);
  expect(document.run.outputs).toEqual({ percent: 2 });
  expect((await at.run(["runs", "show", "last"])).stdout).toContain("fee 2025: row 1");
  for (const [file, version] of Object.entries({ "old.cases.yaml": "2025", "new.cases.yaml": "2026" })) {
    expect(await at.json(["rules", "test", file])).toMatchObject({ code: 0, document: { version, untouched: [] } });
  }
  expect((await at.run(["rules", "test", "odd.cases.yaml"])).stderr).toContain("fee has no version 2024");
});
