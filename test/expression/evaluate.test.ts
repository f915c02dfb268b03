import { describe, expect, test } from "vitest";
import {
  compileExpression,
  Duration,
  ExpressionError,
  Timestamp,
  toJson,
  type Value,
} from "../../src/core/expression/index.js";
import { evaluates, fails, NOW, value } from "./support.js";

const NAMES: Readonly<Record<string, Value>> = {
  inputs: {
    amount: 12_000,
    note: null,
    tags: ["a", "b"],
    vendor: { country: "DE", "tax-id": "X1", none: null },
    lines: [
      { price: 1.5, qty: 2 },
      { price: 2.25, qty: 4 },
    ],
    empty: [],
    gone: undefined as unknown as Value,
  },
};

describe("fields and items", () => {
  evaluates(NAMES, [
    ["inputs.vendor.country", "DE"],
    ["inputs['vendor']['tax-id']", "X1"],
    ["inputs.vendor.`tax-id`", "X1"],
    ["inputs.tags[1]", "b"],
    ["inputs.lines[1].price", 2.25],
    ["inputs.note", null],
    ["has(inputs.note)", true],
    ["has(inputs.zip)", false],
    ["has(inputs.gone)", false],
    ["has(inputs.zip.code.deep)", false],
    ["has(inputs.note.deep)", false],
    ["has(inputs.tags[7].x)", false],
    ["has(inputs.?vendor.country)", true],
    ["inputs.zip == null", true],
    ["inputs.zip != null", false],
    ["null == inputs.vendor.none", true],
    ["inputs.vendor.country != null", true],
    ["inputs.tags[9] == null", true],
    ["null == 1", false],
    ["null == null", true],
    ["'country' in inputs.vendor", true],
    ["1 in {'a': 1}", false],
  ]);
  fails(NAMES, [
    ["inputs.zip", "missing-field@zip"],
    ["inputs.gone", "missing-field@gone"],
    ["inputs['zip']", "missing-field@'zip'"],
    ["inputs.tags[2]", "missing-field@2"],
    ["inputs.tags[-1]", "missing-field@-1"],
    ["inputs.note.x", "missing-field@x"],
    ["inputs.note['x']", "missing-field@'x'"],
    ["inputs.note[0]", "missing-field@0"],
    ["inputs.amount.x", "type-mismatch@x"],
    ["inputs.tags.x", "type-mismatch@x"],
    ["inputs.tags['0']", "type-mismatch@'0'"],
    ["inputs.tags[0.5]", "type-mismatch@0.5"],
    ["inputs.vendor[0]", "type-mismatch@0"],
    ["inputs.amount[0]", "type-mismatch@inputs.amount"],
    ["has(inputs.amount.x)", "type-mismatch@x"],
    ["outputs.x", "unknown-name@outputs"],
    ["has(outputs.x)", "unknown-name@outputs"],
    ["coalesce(outputs, 1)", "unknown-name@outputs"],
    ["'x' in 'xyz'", "type-mismatch@'xyz'"],
  ]);
});

describe("absence", () => {
  evaluates(NAMES, [
    ["inputs.?zip", null],
    ["inputs.?zip.code.deep", null],
    ["inputs.?vendor.country", "DE"],
    ["inputs.?vendor[?'country']", "DE"],
    ["inputs[?'vendor'].country", "DE"],
    ["inputs.?vendor['zip']", null],
    ["inputs.?note", null],
    ["inputs.?note.hasValue()", true],
    ["inputs.?note.deep.hasValue()", false],
    ["inputs.?tags[0]", "a"],
    ["inputs.?zip.orValue('none')", "none"],
    ["inputs.?zip.or(inputs.?amount).orValue(0)", 12_000],
    ["inputs.?amount.or(inputs.?zip).value()", 12_000],
    ["optional.none().orValue(1)", 1],
    ["optional.ofNonZeroValue('').hasValue()", false],
    ["optional.ofNonZeroValue({}).hasValue()", false],
    ["optional.ofNonZeroValue(now()).hasValue()", true],
    ["[1, ?inputs.?zip, ?inputs.?tags]", [1, ["a", "b"]]],
    ["{'a': 1, ?'b': inputs.?zip, ?'c': inputs.?amount}", { a: 1, c: 12_000 }],
    ["[inputs.?zip, inputs.?amount]", [null, 12_000]],
    ["coalesce(inputs.zip, inputs.note, inputs.?gone, 'none')", "none"],
    ["coalesce(inputs.zip.code, inputs.amount)", 12_000],
    ["coalesce(inputs.lines.map(l, l.cost), [])", []],
    ["coalesce(first(inputs.empty), 0)", 0],
    ["coalesce(inputs.note, null)", null],
    ["get(inputs, 'vendor.country', 'none')", "DE"],
    ["get(inputs, 'lines[1].qty', 0)", 4],
    ["get(inputs, 'lines[9].qty', 0)", 0],
    ["get(inputs, 'lines.qty', 0)", 0],
    ["get(inputs, 'amount.x', 0)", 0],
    ["get(inputs, 'note', 0)", null],
    ["get(inputs, 'note.deep', 0)", 0],
    ["get(inputs.zip, 'code', 0)", 0],
    ["get(inputs.zip, 'code')", null],
    ["get(inputs.?vendor, 'country', 'x')", "DE"],
    ["inputs.get('vendor.country', '')", "DE"],
  ]);
  fails(NAMES, [
    ["inputs.?zip.value()", "missing-field@inputs.?zip.value()"],
    ["inputs.?amount + 1", "type-mismatch@inputs.?amount + 1"],
    ["inputs.?amount.size()", "type-mismatch@size"],
    ["inputs.?zip && true", "type-mismatch@inputs.?zip"],
    ["inputs.?amount.x", "type-mismatch@x"],
    ["coalesce(1 / 0, 1)", "division-by-zero@1 / 0"],
    ["get(inputs, 'a..b', 0)", "bad-value@'a..b'"],
    ["get(inputs, '', 0)", "bad-value@''"],
    ["get(inputs, 1, 0)", "bad-value@1"],
    ["[?1]", "type-mismatch@?1".replace("?", "")],
    ["{?'a': 1}", "type-mismatch@1"],
  ]);
});

describe("logic and comparison", () => {
  evaluates(NAMES, [
    ["false && 1 / 0 > 1", false],
    ["1 / 0 > 1 && false", false],
    ["1 / 0 > 1 || true", true],
    ["inputs.zip == 'a' || true", true],
    ["1 && false", false],
    ["true ? 1 : 1 / 0", 1],
    ["1 == '1'", false],
    ["1 != '1'", true],
    ["[1, 2] == [1.0, 2]", true],
    ["{'a': [1]} == {'a': [1]}", true],
    ["{'a': 1} == {'b': 1}", false],
    ["{'a': 1} == {'a': 1, 'b': 1}", false],
    ["[1] == {'a': 1}", false],
    ["[1] == [null]", false],
    ["now() == timestamp('2026-03-01T10:30:00+01:00')", true],
    ["now() == duration('1s')", false],
    ["duration('1h') == duration('60m')", true],
    ["duration('1h') == now()", false],
    ["optional.of(1) == 1", false],
    ["false < true", true],
    ["'a' < 'b' && 'B' < 'a'", true],
    ["'\\uffff' < '😀'", true],
    ["'😀' < '😁' && !('😁' < '😀')", true],
    ["'😀a' > '😀'", true],
    ["duration('1m') <= duration('60s')", true],
    ["now() > timestamp('2026-01-01T00:00:00Z')", true],
    ["'a' in inputs.tags", true],
    ["[1] in [[1]]", true],
  ]);
  fails(NAMES, [
    ["1 && true", "type-mismatch@1"],
    ["true && 'a'", "type-mismatch@'a'"],
    ["1 / 0 > 1 && true", "division-by-zero@1 / 0"],
    ["!1", "type-mismatch@1"],
    ["1 ? 2 : 3", "type-mismatch@1"],
    ["1 < 'a'", "type-mismatch@1 < 'a'"],
    ["null < 1", "type-mismatch@null < 1"],
    ["[1] < [2]", "type-mismatch@[1] < [2]"],
    ["now() < '2026-01-01T00:00:00Z'", "type-mismatch@now() < '2026-01-01T00:00:00Z'"],
    ["1 + 'a'", "type-mismatch@1 + 'a'"],
    ["null + 1", "type-mismatch@null + 1"],
    ["'a' - 'b'", "type-mismatch@'a' - 'b'"],
    ["now() + now()", "type-mismatch@now() + now()"],
    ["{'a': 1, 'a': 2}", "bad-value@'a'"],
    ["{1: 2}", "type-mismatch@1"],
  ]);
});

describe("macros", () => {
  evaluates(NAMES, [
    ["inputs.lines.map(l, l.price * l.qty)", [3, 9]],
    ["inputs.lines.map(l, l.qty > 3, l.price)", [2.25]],
    ["inputs.lines.filter(l, l.qty > 3).size()", 1],
    ["inputs.vendor.map(k, k)", ["country", "tax-id", "none"]],
    ["inputs.tags.exists_one(t, t == 'a')", true],
    [
      "[1, 2].map(x, [3, 4].map(y, x * y))",
      [
        [3, 4],
        [6, 8],
      ],
    ],
    ["[1, 2].map(x, [x].map(x, x + 1)[0] + x)", [3, 5]],
    ["[0, 1].exists(x, 1 / x == 1)", true],
    ["[0, 2].all(x, 1 / x == 1)", false],
    ["[].all(x, false)", true],
    ["[].exists(x, true)", false],
  ]);
  fails(NAMES, [
    ["[0].exists(x, 1 / x == 1)", "division-by-zero@1 / x"],
    ["[0, 1].exists_one(x, 1 / x == 1)", "division-by-zero@1 / x"],
    ["[1].all(x, x)", "type-mismatch@x"],
    ["[1].filter(x, x)", "type-mismatch@x"],
    ["[1].map(x, x, x)", "type-mismatch@x"],
    ["inputs.note.map(x, x)", "type-mismatch@inputs.note"],
    ["inputs.amount.all(x, x)", "type-mismatch@inputs.amount"],
  ]);
});

describe("an expression", () => {
  test("is compiled once and gives the same each time", () => {
    const { expression } = compileExpression("n + 1");
    expect([1, 2].map((n) => expression!.evaluate(() => n, { now: NOW }))).toEqual([2, 3]);
    expect(expression!.source).toBe("n + 1");
  });

  test("says in its fault what, where, in which text, and what to write", () => {
    const { expression } = compileExpression("inputs.zip");
    const run = () => expression!.evaluate(() => ({}), { now: NOW });
    expect(run).toThrow(ExpressionError);
    expect(run).toThrow(
      expect.objectContaining({
        code: "missing-field",
        source: "inputs.zip",
        start: 7,
        end: 10,
        help: expect.stringContaining("has("),
      }),
    );
  });

  test("lets a fault of the surroundings through, as it is none of its own", () => {
    const names = () => {
      throw new TypeError("a bug");
    };
    const evaluate = (source: string) => () => compileExpression(source).expression!.evaluate(names, { now: NOW });
    for (const source of ["a", "a || true", "coalesce(size(a), 1)", "[1].exists(x, a)"]) {
      expect(evaluate(source)).toThrow("a bug");
    }
  });

  test("turns an overflow of the stack into a fault", () => {
    const names = (): Value => names();
    const { expression } = compileExpression("a || true");
    expect(() => expression!.evaluate(names, { now: NOW })).toThrow("too large or too deep");
  });

  test("gives values, which are turned into JSON apart", () => {
    expect(value("now()")).toEqual(new Timestamp(NOW));
    expect(value("duration('1s')")).toEqual(new Duration(1_000));
    expect(toJson({ at: new Timestamp(0), list: [new Duration(500)] })).toEqual({
      at: "1970-01-01T00:00:00Z",
      list: ["0.5s"],
    });
  });
});
