import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.js";
import { pureContext, stageInfo } from "../../support/context.js";
import { check, decide, found, stage, table } from "./support.js";

const approvalTier: JsonObject = {
  version: "3",
  hit: "unique",
  inputs: { amount: "${{ facts.amount }}", country: "${{ facts.country }}" },
  outputs: { tier: ["board", "director", "manager"], sla: { type: "string" } },
  rules: [
    { amount: "< 100", country: "any", tier: "manager", sla: "1d" },
    { amount: "[100..5000]", country: ["US", "DE"], tier: "director", sla: "2d" },
    { when: "${{ facts.amount > 5000 }}", tier: "board", sla: "5d", note: "board policy 7" },
  ],
  default: { tier: "director", sla: "2d" },
};

const csv = (text: string): JsonObject => ({
  hit: "first",
  inputs: { amount: "${{ facts.amount }}", country: "${{ facts.country }}" },
  outputs: { tier: ["board", "manager"], limit: { type: "number" }, label: {} },
  rules: { file: "tiers.csv", text },
});

describe("a table of the design's own example", () => {
  it.each<[Json, Json]>([
    [
      { amount: 99, country: "FR" },
      { tier: "manager", sla: "1d", matched: [1] },
    ],
    [
      { amount: 5000, country: "DE" },
      { tier: "director", sla: "2d", matched: [2] },
    ],
    [
      { amount: 5000.01, country: "DE" },
      { tier: "board", sla: "5d", matched: [3] },
    ],
    [
      { amount: 700, country: "FR" },
      { tier: "director", sla: "2d", matched: [] },
    ],
  ])("decides %j", async (facts, expected) => {
    expect(await decide(approvalTier, facts)).toEqual(expected);
  });

  it("has no findings", () => {
    expect(found(approvalTier)).toEqual([]);
  });
});

describe("what is wrong with a table is found before the run", () => {
  const broken = (over: JsonObject): string[] => found({ ...approvalTier, ...over });

  it.each<[string, JsonObject, RegExp]>([
    ["an unknown hit policy", { hit: "best" }, /^rules-table hit: best is no hit policy/],
    ["an unknown key", { rows: [] }, /^rules-table rows: a ruleset has no `rows`/],
    ["an aggregate without collect", { aggregate: "sum" }, /^rules-table aggregate: .*`hit: collect`/],
    [
      "an aggregate over two columns",
      { hit: "collect", aggregate: "sum" },
      /^rules-output outputs: .*one output column/,
    ],
    ["no rows", { rules: "none" }, /^rules-table rules: `rules` is a list/],
    ["a file that was not read in", { rules: { file: "x.csv" } }, /^rules-table rules: `rules` is a list/],
    ["no outputs", { outputs: {} }, /^rules-table outputs/],
    ["an input that is no expression", { inputs: { amount: 5, country: "x" } }, /exactly one \$\{\{ expression \}\}/],
    ["an input with text around it", { inputs: { amount: "a ${{ facts.a }}" } }, /exactly one/],
    ["a column called note", { inputs: { note: "${{ facts.a }}" } }, /cannot be named note/],
    ["a column called matched", { outputs: { matched: {} } }, /the table's own output/],
    [
      "a name from outside the facts",
      { inputs: { amount: "${{ inputs.amount }}" } },
      /sees only `facts`, not `inputs`/,
    ],
    ["an expression that does not read", { inputs: { amount: "${{ facts. }}" } }, /inputs\.amount/],
    ["a default without a column", { default: { tier: "board" } }, /^rules-output default: the row gives no sla/],
    ["a default with a strange column", { default: { tier: "board", sla: "1d", x: 1 } }, /^rules-column default\.x/],
    ["a default with a strange value", { default: { tier: "king", sla: "1d" } }, /^rules-output default\.tier: "king"/],
    ["a default that is no row", { default: 5 }, /^rules-table default/],
    ["a row that is no object", { rules: [5] }, /^rules-table rules\.0/],
    ["an output schema that is none", { outputs: { tier: { type: "txt" }, sla: {} } }, /^rules-output outputs\.tier/],
    [
      "priority without an order",
      { hit: "priority", outputs: { tier: {}, sla: {} } },
      /^rules-output outputs: `hit: priority`/,
    ],
  ])("%s", (_what, over, expected) => {
    expect(broken(over)).toContainEqual(expect.stringMatching(expected));
  });

  it.each<[JsonObject, RegExp]>([
    [{ amont: 5, tier: "board", sla: "1d" }, /^rules-column rules\.0\.amont: there is no column amont/],
    [{ amount: 5, tier: "board" }, /^rules-output rules\.0: the row gives no sla/],
    [
      { amount: 5, tier: "king", sla: "1d" },
      /^rules-output rules\.0\.tier: "king" is not one of board, director, manager/,
    ],
    [{ amount: 5, tier: "board", sla: 5 }, /^rules-output rules\.0\.sla: 5 must be string/],
    [{ amount: 5, tier: "board", sla: "${{ facts. }}" }, /^rules-output rules\.0\.sla/],
    [{ amount: 5, tier: "board", sla: "${{ inputs.a }}" }, /sees only `facts`, not `inputs`/],
    [{ when: "facts.amount > 5", tier: "board", sla: "1d" }, /^rules-column rules\.0\.when: .*exactly one/],
  ])("a row %j", (row, expected) => {
    expect(broken({ rules: [row] })).toContainEqual(expect.stringMatching(expected));
  });

  it("names the definition's own place, and the key where the key is wrong", () => {
    const [issue] = check({ ...approvalTier, rules: [{ amont: 5, tier: "board", sla: "1d" }] });
    expect(issue).toMatchObject({ atRoot: true, atKey: true, path: ["rulesets", "table", "rules", 0, "amont"] });
  });

  it("takes names like constructor and __proto__ for names", () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      const row = JSON.parse(`{ "${name}": 1, "tier": "board", "sla": "1d" }`);
      expect(broken({ rules: [row] })).toContainEqual(expect.stringContaining(`there is no column ${name}`));
    }
  });

  it("and a run of it all the same fails, with the first finding", async () => {
    await expect(decide({ ...approvalTier, hit: "best" }, {})).rejects.toMatchObject({ code: "rules-invalid" });
  });
});

describe("a ruleset that is not there", () => {
  it("is found before the run, with what was probably meant", () => {
    const info = stageInfo({ ruleset: "approvalTeir" }, { rulesets: { approvalTier } });
    expect(stage.check?.(info)).toEqual([
      expect.objectContaining({
        code: "unknown-ruleset",
        path: ["with", "ruleset"],
        help: "did you mean approvalTier?",
      }),
    ]);
  });

  it.each(["constructor", "__proto__", "toString"])("is not found by the name %s", (name) => {
    expect(stage.check?.(stageInfo({ ruleset: name }))).toHaveLength(1);
    expect(() => stage.run({ ruleset: name, facts: {} }, pureContext())).toThrow(/there is no ruleset/);
  });
});

describe("rows from a CSV file", () => {
  const rows =
    'amount,country,when,tier,limit,label,note\n< 100,,,manager,10,007,small\n">= 100","US, DE",,board,20.5,x,\n';

  it("read like those in YAML: an empty field is a column left out", async () => {
    expect(await decide(csv(rows), { amount: 5, country: "FR" })).toEqual({
      tier: "manager",
      limit: 10,
      label: "007",
      matched: [1],
    });
    expect(await decide(csv(rows), { amount: 500, country: "DE" })).toMatchObject({ tier: "board", limit: 20.5 });
    expect(found(csv(rows))).toEqual([
      expect.stringMatching(/^rules-gap rules: no row takes \{ amount: >= 100, country: not\(US, DE\) \}/),
    ]);
  });

  it("may come from a spreadsheet that separates by semicolons and starts with a byte order mark", async () => {
    const text = "\uFEFFamount;country;tier;limit;label\n< 100;US, DE;manager;1;'true'\n";
    expect(await decide(csv(text), { amount: 1, country: "US" })).toMatchObject({ tier: "manager", label: "true" });
  });

  it("are reported by line and column, at the place that names the file", () => {
    const bad = csv("amount,tier,limit,label\n1,manager,1,a\n[1..,manager,2,b\n2,king,3,c\n3,manager,,d\n");
    expect(found(bad)).toEqual([
      "rules-cell rules: line 3 of tiers.csv, column amount: a value is missing",
      'rules-output rules: line 4 of tiers.csv, column tier: "king" is not one of board, manager',
      "rules-output rules: line 5 of tiers.csv, column limit: the row gives no limit",
    ]);
  });

  it("have one finding for a column the table does not know", () => {
    const strange = "amount,amont,tier,limit,label\n1,1,manager,1,a\n2,2,manager,1,a\n";
    expect(found(csv(strange))).toEqual([expect.stringContaining("there is no column amont")]);
  });

  it.each([
    ["", /is empty/],
    ["amount,amount\n1,2\n", /two columns amount/],
    ['amount,tier\n"1,2\n', /^rules-table rules: tiers.csv: /],
  ])("that cannot be read are a finding: %j", (text, expected) => {
    expect(found(csv(text))).toEqual([expect.stringMatching(expected)]);
  });
});

describe("the output schema", () => {
  const schemaOf = (ruleset: JsonObject) => {
    const { output } = stage;
    return (output as (info: unknown) => JsonObject)(stageInfo({ ruleset: "table" }, { rulesets: { table: ruleset } }));
  };
  const accepts = (ruleset: JsonObject, outputs: Json) =>
    new Ajv({ strict: false }).validate(schemaOf(ruleset), outputs);

  it("has no null where a default or the cells leave nothing out", () => {
    expect(accepts(approvalTier, { tier: null, sla: null, matched: [] })).toBe(false);
    const boolean = { inputs: { x: { value: "${{ facts.x }}", schema: { type: "boolean" } } } };
    const complete = table(
      [
        [true, 1],
        [false, 2],
      ],
      { ...boolean, outputs: { out: { type: "number" } } },
    );
    expect(accepts(complete, { out: null, matched: [] })).toBe(false);
    const untyped = table(
      [
        [true, 1],
        [false, 2],
      ],
      { outputs: { out: { type: "number" } } },
    );
    expect(accepts(untyped, { out: null, matched: [] })).toBe(true);
  });

  it("allows null where no row need match", () => {
    const { default: _default, ...open } = approvalTier;
    expect(accepts(open, { tier: null, sla: null, matched: [] })).toBe(true);
    expect(accepts(open, { tier: "king", sla: null, matched: [] })).toBe(false);
  });

  it("is a list of rows for the policies that give many, and a number for an aggregate", () => {
    expect(accepts({ ...approvalTier, hit: "collect" }, { rows: [{ tier: "board", sla: "1d" }], matched: [1] })).toBe(
      true,
    );
    const count = table([["any", 1]], { hit: "collect", aggregate: "count" });
    expect(accepts(count, { out: 0, matched: [] })).toBe(true);
    expect(accepts(count, { out: "x", matched: [] })).toBe(false);
  });
});
