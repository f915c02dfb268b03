import { beforeAll, describe, expect, test } from "vitest";
import { compileExpression, ExpressionError, Lazy, type Value } from "../../src/core/expression/index.js";
import { compileTemplate } from "../../src/core/expression/template.js";
import { faultOf, json, NOW, value } from "./support.js";

const LONG = "a".repeat(100_000);

class Stages extends Lazy {
  get(key: string): Value | undefined {
    return key === "pay" ? { outcome: "succeeded" } : undefined;
  }
  keys(): readonly string[] {
    return ["pay"];
  }
}

const NAMES = { x: { a: 1 }, s: LONG, list: [1, 2], stages: new Stages() };

/** Of processor time, which other work on the machine does not lengthen. What is not stopped takes minutes. */
const BOUND_MS = 250;

function quickly<T>(act: () => T): T {
  const start = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1_000).toBeLessThan(BOUND_MS);
  return result;
}

/** Compiling counts too, and so does turning the result into JSON. */
function attack(source: string): string {
  return quickly(() => {
    const { expression, issues } = compileExpression(source);
    if (expression === undefined) return issues[0]!.code;
    try {
      return JSON.stringify(json(source, NAMES));
    } catch (thrown) {
      if (thrown instanceof ExpressionError) return thrown.code;
      throw thrown;
    }
  });
}

beforeAll(() => {
  // Warm the compiler, so that the bounds measure the attack.
  attack("'a'.matches('a+') && [1].map(x, x * 2) == [2]");
});

describe("reaching outside", () => {
  test.each([
    ["x.constructor", "missing-field"],
    ["x['constructor']", "missing-field"],
    ["x.constructor.constructor('return process')()", "expression-syntax"],
    ["x.__proto__", "missing-field"],
    ["x['__proto__']", "missing-field"],
    ["x.toString()", "unknown-function"],
    ["x.hasOwnProperty('a')", "unknown-function"],
    ["constructor", "unknown-name"],
    ["__proto__", "unknown-name"],
    ["constructor()", "unknown-function"],
    ["__proto__()", "unknown-function"],
    ["toString(x)", "unknown-function"],
    ["valueOf(x)", "unknown-function"],
    ["'a'.length", "type-mismatch"],
    ["list.length", "type-mismatch"],
    ["list['length']", "type-mismatch"],
    ["list.map", "type-mismatch"],
    ["now().ms", "type-mismatch"],
    ["duration('1s').ms", "type-mismatch"],
    ["decimal('1').mantissa", "type-mismatch"],
    ["optional.of(1).value", "type-mismatch"],
    ["stages.keys", "missing-field"],
    ["stages.constructor", "missing-field"],
    ["get(x, 'constructor', 'none')", '"none"'],
    ["get(x, '__proto__.polluted', 'none')", '"none"'],
    ["get(list, 'length', 'none')", '"none"'],
    ["has(x.constructor)", "false"],
    ["'constructor' in x", "false"],
    ["'__proto__' in x", "false"],
    ["x.?constructor", "null"],
    ["coalesce(x.constructor, 'none')", '"none"'],
    ["process.env", "unknown-name"],
    ["globalThis", "unknown-name"],
    ["this", "unknown-name"],
    ["import('node:fs')", "expression-syntax"],
    ["now.constructor", "unknown-name"],
  ])("%s comes to %s", (source, expected) => {
    expect(attack(source)).toBe(expected);
  });

  test("a key that would set a prototype is refused, written or computed", () => {
    expect(attack("{'__proto__': {'polluted': true}}")).toBe("expression-syntax");
    expect(attack("{'__pro' + 'to__': {'polluted': true}}")).toBe("bad-value");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("a key of that name in data stays plain data", () => {
    const data = JSON.parse('{"__proto__": {"polluted": 1}, "a": 2}') as Value;
    expect(json("data.__proto__", { data })).toEqual({ polluted: 1 });
    expect(Object.keys(json("data", { data }) as object)).toEqual(["__proto__", "a"]);
    expect(json("parseJson(s)", { s: '{"__proto__": {"polluted": 1}}' })).not.toHaveProperty("polluted");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("what data says is never evaluated", () => {
    const template = compileTemplate("${{ x }}");
    const names = () => "${{ secrets.TOKEN }}";
    expect(template.evaluate(names, { now: NOW })).toBe("${{ secrets.TOKEN }}");
  });
});

const nested = (depth: number, body: string) => {
  let source = body;
  for (let i = 0; i < depth; i++) source = `range(200).map(v${i}, ${source})`;
  return source;
};

/** A value that holds itself twice, `times` over: small in memory, huge as text. */
const doubled = (times: number, start: string, grow: (variable: string) => string) => {
  let source = start;
  for (let i = 0; i < times; i++) source = `[${source}].map(d${i}, ${grow(`d${i}`)})[0]`;
  return source;
};

describe("spending without end", () => {
  test.each([
    ["four maps of 200", nested(4, "1"), "budget-exceeded"],
    [
      "a search of 1000⁴",
      "range(1000).exists(a, range(1000).exists(b, range(1000).exists(c, range(1000).exists(d, false))))",
      "budget-exceeded",
    ],
    ["a search that absorbs a fault each turn", "range(100000).exists(a, x.none == a)", "budget-exceeded"],
    ["|| around a spent budget", "range(1000).exists(a, range(2000).all(b, true) && false) || true", "budget-exceeded"],
    ["coalesce around a spent budget", `coalesce(${nested(3, "1")}, 1)`, "budget-exceeded"],
    ["a range too long", "range(1000000000)", "budget-exceeded"],
    ["a range over the list limit", "range(300000)", "too-large"],
    ["text doubled 40 times", doubled(40, "'aaaaaaaa'", (v) => `${v} + ${v}`), "too-large"],
    ["a list doubled 40 times", doubled(40, "[1]", (v) => `${v} + ${v}`), "too-large"],
    ["nesting doubled 40 times, as JSON", doubled(40, "[1]", (v) => `[${v}, ${v}]`), "too-large"],
    ["nesting doubled 40 times, as a text", `json(${doubled(40, "[1]", (v) => `[${v}, ${v}]`)})`, "budget-exceeded"],
    [
      "nesting doubled 40 times, compared",
      `${doubled(40, "[1]", (v) => `[${v}, ${v}]`)} == ${doubled(40, "[1]", (v) => `[${v}, ${v}]`)}`,
      "budget-exceeded",
    ],
    [
      "nesting doubled 40 times, flattened",
      `flatten(${doubled(40, "[1]", (v) => `[${v}, ${v}]`)}, 100)`,
      "budget-exceeded",
    ],
    ["nesting doubled 40 times, hashed", `hash(${doubled(40, "[1]", (v) => `[${v}, ${v}]`)})`, "budget-exceeded"],
    ["a join of long texts", "range(20).map(i, s).join()", "too-large"],
    ["a replacement that grows", "s.replace('a', s)", "budget-exceeded"],
    ["a split into too much", "(s + s + s).split('')", "too-large"],
    ["sorting over and over", "range(1000).all(i, sort(range(1000)).size() > 0)", "budget-exceeded"],
    ["distinct objects", "range(5000).map(i, [i]).distinct()", "budget-exceeded"],
    [
      "decimals squared over and over",
      doubled(40, "decimal('12345678901234567890')", (v) => `${v} * ${v}`),
      "number-too-large",
    ],
    ["a decimal with a huge exponent", "decimal('1e9999')", "bad-value"],
    ["a decimal with a million digits", "decimal(s.replace('a', '1'))", "bad-value"],
    ["numbers squared over and over", doubled(40, "1e10", (v) => `${v} * ${v}`), "number-too-large"],
    ["numbers far apart", "1e308 + 1e-308 == 1e308", "true"],
    ["hashing much, often", "range(1000).map(i, hash(s))", "budget-exceeded"],
  ])("%s is stopped", (_, source, expected) => {
    expect(attack(source)).toBe(expected);
  });

  test.each([
    ["^(a+)+$", "true"],
    ["^(a+)+b$", "false"],
    ["^(a|a)*b", "false"],
    ["(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", "false"],
    ["(?:a{0,400}b|a{0,399}c)d", "budget-exceeded"],
    ["(?=a)", "bad-regex"],
    ["((a{100}){100}){100}", "bad-regex"],
    ["a{1000}".repeat(20), "bad-regex"],
    ["(".repeat(900), "bad-regex"],
    ["(a?){900}".repeat(2), "bad-regex"],
  ])("the pattern %s over a long text comes to %s", (pattern, expected) => {
    expect(attack(`s.matches('${pattern}')`)).toBe(expected);
    expect(attack(`s.matches('' + '${pattern}')`)).toBe(expected);
  });

  test("a budget that is not a number is a spent one", () => {
    expect(faultOf("1", {}, Number.NaN)).toBe("budget-exceeded@1");
    expect(faultOf("1 + 1", {}, 2)).toBe("budget-exceeded@1 + 1");
    expect(value("1 + 1", {}, 3)).toBe(2);
  });

  test("one budget holds for all expressions of a template", () => {
    const one = "${{ range(100000).map(i, i).size() }}";
    expect(compileTemplate([one]).evaluate(() => undefined, { now: NOW })).toEqual([100_000]);
    const many = compileTemplate(Array.from({ length: 20 }, () => one));
    expect(() => many.evaluate(() => undefined, { now: NOW })).toThrow("costs too much");
  });

  test("a cached pattern gives way when there are too many", () => {
    for (let i = 0; i < 300; i++) expect(value(`'a${i}'.matches('^a${i}$')`)).toBe(true);
    expect(value("'a0'.matches('^a0$')")).toBe(true);
  });
});

describe("depth and size", () => {
  test.each([
    ["brackets", `${"(".repeat(15_000)}1${")".repeat(15_000)}`],
    ["lists", `${"[".repeat(15_000)}${"]".repeat(15_000)}`],
    ["negations", `${"!".repeat(31_000)}true`],
    ["minus signs", `${"-".repeat(31_000)}1`],
    ["conditionals", `${"true ? ".repeat(4_000)}1${" : 1".repeat(4_000)}`],
    ["nested conditionals", `${"true ? 1 : ".repeat(2_500)}1`],
    ["calls", `${"size(".repeat(6_000)}''${")".repeat(6_000)}`],
    ["fields", `x${".a".repeat(15_000)}`],
    ["indexes", `x${"[0]".repeat(10_000)}`],
    ["sums", `1${"+1".repeat(15_000)}`],
    ["methods", `'a'${".trim()".repeat(4_000)}`],
    ["a text too long", `'${"a".repeat(40_000)}'`],
    ["a list too long", `[${"1,".repeat(6_000)}1]`],
  ])("too many %s are refused before they are evaluated", (_, source) => {
    expect(attack(source)).toBe("expression-too-large");
  });

  test("what is within the limits works", () => {
    expect(value(`${"(".repeat(100)}1${")".repeat(100)}`)).toBe(1);
    expect(value(`1${"+1".repeat(400)}`)).toBe(401);
    expect(value(`false${" || false".repeat(400)}`)).toBe(false);
    expect(value(`[${"1,".repeat(4_000)}1]`)).toHaveLength(4_001);
  });

  test("data nested too deep is a fault, whatever is done with it", () => {
    let deep: Value = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    const names = { deep, other: JSON.parse(`${"[".repeat(5_000)}1${"]".repeat(5_000)}`) as Value };
    expect(() => json("deep", names)).toThrow("nested too deep");
    expect(faultOf("json(deep)", names)).toBe("too-large@json(deep)");
    expect(faultOf("deep == [deep]", names)).toBe("too-large@deep == [deep]");
    expect(faultOf("hash(other)", names)).toBe("too-large@hash(other)");
    expect(value("size(flatten(deep, 100))", names)).toBe(1);
  });

  test("deep JSON in a text is a fault", () => {
    const text = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(faultOf("json(parseJson(text))", { text })).toMatch(/^too-large|^bad-value/);
  });

  test("a result of more values than the limit is refused", () => {
    const { expression } = compileExpression("range(1100).map(i, data)");
    const data = Array.from({ length: 1_000 }, (_, i) => i);
    const made = expression!.evaluate(() => data, { now: NOW });
    expect(made).toHaveLength(1_100);
    expect(() => json("range(1100).map(i, data)", { data })).toThrow("too many values");
  });
});
