import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { readDmn } from "../../plugins/rules/dmn/read.js";
import rules from "../../plugins/rules/index.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import type { PureStageType } from "../../src/plugin/api.js";
import { pureContext } from "../support/context.js";
import { yardstick } from "../support/yardsticks.js";

/** The decision tables of the DMN TCK's level 2 through our importer, and all its cases. */
const folder = yardstick("dmn-tck");
const stage = rules.stages?.[0] as PureStageType;
const LISTS = ["testCase", "inputNode", "resultNode", "component", "item"];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name) => LISTS.includes(name),
});

// biome-ignore lint/suspicious/noExplicitAny: parsed XML has the shape of its file.
type Xml = any;

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

/** A table whose one output bears the decision's name answers with that value alone. */
function answerOf({ matched: _matched, rows, ...columns }: JsonObject, { outputs, title }: JsonObject): Json {
  const isSingle = Object.keys(outputs as object).join() === title;
  const reduce = (row: JsonObject): Json => (isSingle ? (row[title as string] as Json) : row);
  return Array.isArray(rows) ? rows.map((row) => reduce(row as JsonObject)) : reduce(columns);
}

describe.skipIf(folder === undefined)("a decision table imported from the DMN TCK", () => {
  const models =
    folder === undefined ? [] : readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  let count = 0;
  for (const { name } of models) {
    const at = join(folder as string, name);
    const { rulesets, lost } = readDmn(readFileSync(join(at, `${name}.dmn`), "utf8"));
    it(`${name} is carried over whole`, () => expect(lost).toEqual([]));
    const cases = parser.parse(readFileSync(join(at, `${name}-test-01.xml`), "utf8")).testCases.testCase;
    count += cases.length;
    for (const testCase of cases) {
      it(`${name}, case ${testCase.id}`, async () => {
        const facts = Object.fromEntries(testCase.inputNode.map((node: Xml) => [node.name, jsonOf(node)]));
        for (const result of testCase.resultNode) {
          const ruleset = Object.values(rulesets).find(({ title }) => title === result.name) as JsonObject;
          const { outputs } = await stage.run(
            { ruleset: "table", facts },
            pureContext({ rulesets: { table: ruleset } }),
          );
          expect(answerOf(outputs, ruleset)).toEqual(jsonOf(result.expected));
        }
      });
    }
  }

  it("is one of 17 models with 51 cases", () => {
    expect([models.length, count]).toEqual([17, 51]);
  });
});
