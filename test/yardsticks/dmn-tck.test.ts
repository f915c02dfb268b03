import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import rules from "../../plugins/rules/index.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import type { PureStageType } from "../../src/plugin/api.js";
import { pureContext } from "../support/context.js";
import { yardstick } from "../support/yardsticks.js";

/** The decision tables of the DMN TCK's level 2: every model's table, converted mechanically, and all its cases. */
const folder = yardstick("dmn-tck");
const stage = rules.stages?.[0] as PureStageType;

const LISTS = ["decision", "input", "output", "rule", "inputEntry", "outputEntry", "testCase", "inputNode"];
const MORE_LISTS = ["resultNode", "component", "item"];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name) => LISTS.includes(name) || MORE_LISTS.includes(name),
});

// biome-ignore lint/suspicious/noExplicitAny: parsed XML has the shape of its file.
type Xml = any;

const HIT: Record<string, string> = { "RULE ORDER": "ruleOrder", "OUTPUT ORDER": "outputOrder" };

/** One decision's table as a ruleset. A table with one unnamed output gets the decision's name. */
function rulesetOf(decision: Xml): { ruleset: JsonObject; single: string | undefined } {
  const table = decision.decisionTable;
  const inputs: [string, Json][] = table.input.map((column: Xml) => [
    column.inputExpression.text,
    { value: `\${{ facts["${column.inputExpression.text}"] }}`, schema: { type: column.inputExpression.typeRef } },
  ]);
  const outputs: [string, Json][] = table.output.map((column: Xml) => {
    const allowed = column.outputValues?.text;
    return [column.name ?? decision.name, allowed === undefined ? {} : JSON.parse(`[${allowed}]`)];
  });
  const rows = table.rule.map((rule: Xml) =>
    Object.fromEntries([
      ...inputs.map(([name], at) => [name, cell(rule.inputEntry[at].text)]),
      ...outputs.map(([name], at) => [name, JSON.parse(rule.outputEntry[at].text)]),
    ]),
  );
  const hit: string = table.hitPolicy ?? "UNIQUE";
  const ruleset = {
    hit: HIT[hit] ?? hit.toLowerCase(),
    ...(table.aggregation === undefined ? {} : { aggregate: table.aggregation.toLowerCase() }),
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    rules: rows,
  };
  return { ruleset, single: table.output[0].name === undefined ? decision.name : undefined };
}

/** DMN's dash is our `any`; every other cell is taken as it stands. */
function cell(text: string): string {
  return text.trim() === "-" ? "any" : text;
}

function jsonOf(node: Xml): Json {
  if (node.list !== undefined) return (node.list.item ?? []).map(jsonOf);
  if (node.component !== undefined) {
    return Object.fromEntries(node.component.map((part: Xml) => [part.name, jsonOf(part)]));
  }
  const value = node.value;
  if (value === undefined || value.nil === "true") return null;
  const text = value["#text"] ?? "";
  if (value.type === "xsd:boolean") return text === "true";
  return value.type === "xsd:string" ? text : Number(text);
}

/** The stage's outputs in the shape of the TCK's expectation. */
function answerOf(outputs: JsonObject, single: string | undefined): Json {
  const { matched: _matched, rows, ...columns } = outputs;
  const reduce = (row: JsonObject): Json => (single === undefined ? row : (row[single] as Json));
  return Array.isArray(rows) ? rows.map((row) => reduce(row as JsonObject)) : reduce(columns);
}

describe.skipIf(folder === undefined)("the DMN TCK's decision tables", () => {
  const models =
    folder === undefined ? [] : readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const read = (path: string): Xml => parser.parse(readFileSync(path, "utf8"));
  let cases = 0;
  for (const { name } of models) {
    const at = join(folder as string, name);
    const decisions: Xml[] = read(join(at, `${name}.dmn`)).definitions.decision;
    for (const testCase of read(join(at, `${name}-test-01.xml`)).testCases.testCase) {
      cases++;
      it(`${name}, case ${testCase.id}`, async () => {
        const facts = Object.fromEntries(testCase.inputNode.map((node: Xml) => [node.name, jsonOf(node)]));
        for (const result of testCase.resultNode) {
          const decision = decisions.find((one) => one.name === result.name);
          const { ruleset, single } = rulesetOf(decision);
          const context = pureContext({ rulesets: { table: ruleset } });
          const { outputs } = await stage.run({ ruleset: "table", facts }, context);
          expect(answerOf(outputs, single)).toEqual(jsonOf(result.expected));
        }
      });
    }
  }

  it("are 51 cases of 17 models", () => {
    expect([models.length, cases]).toEqual([17, 51]);
  });
});
