import { describe, expect, test } from "vitest";
import { ExpressionError, Lazy, type Value } from "../../src/core/expression/index.js";
import { compileTemplate, findExpressions } from "../../src/core/expression/template.js";
import type { Json } from "../../src/core/json.js";
import { NOW } from "./support.js";

const NAMES: Readonly<Record<string, Value>> = {
  n: 12.5,
  whole: 3,
  s: "text",
  yes: true,
  nothing: null,
  list: [1, 2],
  object: { a: { b: 1 } },
};

function fill(template: Json): Json {
  return compileTemplate(template).evaluate((name) => NAMES[name], { now: NOW });
}

function faultIn(template: Json): string {
  try {
    fill(template);
    return "no fault";
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown;
    return `${thrown.code}@${thrown.source.slice(thrown.start, thrown.end)}`;
  }
}

describe("a template", () => {
  test.each<[Json, Json]>([
    ["${{ n }}", 12.5],
    ["${{ list }}", [1, 2]],
    ["${{ object }}", { a: { b: 1 } }],
    ["${{ nothing }}", null],
    ["${{ yes }}", true],
    ["${{n}}", 12.5],
    ["${{ n }}\n", 12.5],
    ["${{ n }} ", "12.5 "],
    [" ${{ n }}", " 12.5"],
    ["${{ whole }}${{ n }}", "312.5"],
    ["n is ${{ n }}, s is ${{ s }}, ${{ yes }}", "n is 12.5, s is text, true"],
    ["at ${{ now() }} for ${{ duration('90s') }}: ${{ decimal('1.50') }}", "at 2026-03-01T09:30:00Z for 90s: 1.50"],
    ["${{ now() }}", "2026-03-01T09:30:00Z"],
    ["$${{ n }}", "${{ n }}"],
    ["$$${{ n }}", "$${{ n }}"],
    ["a $${{ b }} ${{ n }}", "a ${{ b }} 12.5"],
    ["${{ n }} $${{ b }}", "12.5 ${{ b }}"],
    ["no expression: $ { }} ${ }", "no expression: $ { }} ${ }"],
    ["", ""],
    ["${{ '}}' }}", "}}"],
    ["<${{ {'a': {'b': '}}'}}.a.b }}>", "<}}>"],
    ["${{ {'a': {'b': 1}} }}", { a: { b: 1 } }],
    ["${{ {'a': {'b': 1}}}}", { a: { b: 1 } }],
    ["${{ n // why }}", 12.5],
    ["${{ n // why\n }}", 12.5],
    ["${{ object.?x }}", null],
    [
      { a: "${{ n }}", "${{ n }}": "$${{", deep: [{ b: "x ${{ s }}" }, 1, null] },
      { a: 12.5, "${{ n }}": "${{", deep: [{ b: "x text" }, 1, null] },
    ],
    [
      ["$${{ n }}", "${{ s }}"],
      ["${{ n }}", "text"],
    ],
    [JSON.parse('{"__proto__": "${{ n }}"}') as Json, JSON.parse('{"__proto__": 12.5}') as Json],
    [7, 7],
    [null, null],
  ])("of %j gives %j", (template, expected) => {
    expect(fill(template)).toEqual(expected);
  });

  test("without an expression is constant, escapes undone", () => {
    const constant = compileTemplate({ a: ["$${{ x }}", 1], b: { c: null } });
    expect(constant.constant).toBe(true);
    expect(constant.references).toEqual([]);
    expect(constant.evaluate(() => undefined, { now: NOW })).toEqual({ a: ["${{ x }}", 1], b: { c: null } });
    expect(compileTemplate({ a: "${{ 1 }}" }).constant).toBe(false);
  });

  test("gathers the references of all its expressions", () => {
    const { references } = compileTemplate({
      a: "${{ inputs.x }} and ${{ stages.?y.outputs }}",
      b: ["${{ state.z }}"],
    });
    expect(references.map(({ path, guarded }) => [path.join("."), guarded])).toEqual([
      ["inputs.x", false],
      ["stages.y.outputs", true],
      ["state.z", false],
    ]);
  });

  test.each<[Json, string]>([
    ["a ${{ nothing }}", "not-a-text@ nothing "],
    ["a ${{ list }}", "not-a-text@ list "],
    ["a ${{ object }}", "not-a-text@ object "],
    ["a ${{ object.?x }}", "not-a-text@ object.?x "],
    ["a ${{ object.x }}", "missing-field@x"],
    ["a ${{ 1 + }}", "expression-syntax@"],
    ["a ${{ 'b }}", "expression-syntax@'b "],
    ["a ${{ b", "expression-syntax@${{"],
    ["${{ a } }", "expression-syntax@${{"],
    ["${{ { }}", "expression-syntax@"],
    ["${{ n } }} ${{ s }}", "expression-syntax@}"],
    ["${{ }}", "expression-syntax@"],
    [`${"x".repeat(999_999)}\${{ s }}`, "too-large@"],
  ])("fails for %.40s", (template, expected) => {
    expect(faultIn(template)).toBe(expected);
  });

  test("says at a join what to write for null and for a list", () => {
    expect(() => fill("a ${{ nothing }}")).toThrow("null cannot stand inside a text");
    expect(() => fill("a ${{ list }}")).toThrow("a value of type list cannot stand inside a text");
  });

  test("reads a lazy object's fields only when asked", () => {
    const asked: string[] = [];
    class Stages extends Lazy {
      get(key: string): Value | undefined {
        asked.push(key);
        return key === "pay" ? { outputs: { total: 3 } } : undefined;
      }
      keys(): readonly string[] {
        return ["pay"];
      }
    }
    const names = () => new Stages();
    const template = compileTemplate([
      "${{ stages.pay.outputs.total }}",
      "${{ has(stages.no) }}",
      "${{ 'pay' in stages }}",
    ]);
    expect(template.evaluate(names, { now: NOW })).toEqual([3, false, true]);
    expect(asked).toEqual(["pay", "no", "pay"]);
    const whole = compileTemplate([
      "${{ stages }}",
      "${{ stages.map(k, k) }}",
      "${{ size(stages) }}",
      "${{ stages == stages }}",
    ]);
    expect(whole.evaluate(names, { now: NOW })).toEqual([{ pay: { outputs: { total: 3 } } }, ["pay"], 1, true]);
  });
});

describe("finding expressions", () => {
  const places = (text: string) => {
    const { found, issues } = findExpressions(text);
    for (const { source, start, end } of found) expect(text.slice(start, end)).toBe(source);
    return [
      ...found.map(({ source, whole }) => (whole ? `whole ${source}` : source)),
      ...issues.map((issue) => issue.message),
    ];
  };

  test.each([
    ["plain", []],
    ["${{ a }}", ["whole  a "]],
    ["${{ a }}\n", ["whole  a "]],
    ["x ${{ a }} y ${{ b }}", [" a ", " b "]],
    ["$${{ a }} ${{ b }}", [" b "]],
    ["${{ '${{' }} ${{ b }}", [" '${{' ", " b "]],
    ["${{ a ${{ b }}", ["whole  a ${{ b "]],
    ["x ${{ a", ["`${{` is not closed"]],
    ["${{ 'a }} ${{ b }}", [" 'a ", " b "]],
    ["${{ a // c }} and ${{ b }}", [" a // c ", " b "]],
  ])("in %j gives %j", (text, expected) => {
    expect(places(text)).toEqual(expected);
  });
});
