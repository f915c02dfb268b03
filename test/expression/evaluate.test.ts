import { describe, expect, test } from "vitest";
import {
  compileExpression,
  Duration,
  ExpressionError,
  Timestamp,
  toJson,
  type Value,
} from "../../src/core/expression/index.js";
import { faultOf, json, NOW, value } from "./support.js";

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

const is = (rows: readonly (readonly [string, unknown])[]) =>
  test.each(rows)("%s is %j", (source, expected) => {
    expect(json(source, NAMES)).toEqual(expected);
  });

const fails = (rows: readonly (readonly [string, string])[]) =>
  test.each(rows)("%s is the fault %s", (source, expected) => {
    expect(faultOf(source, NAMES)).toBe(expected);
  });

describe("fields and items", () => {
  is([
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
  fails([
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
  is([
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
  fails([
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
  is([
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
  fails([
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
  is([
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
  fails([
    ["[0].exists(x, 1 / x == 1)", "division-by-zero@1 / x"],
    ["[0, 1].exists_one(x, 1 / x == 1)", "division-by-zero@1 / x"],
    ["[1].all(x, x)", "type-mismatch@x"],
    ["[1].filter(x, x)", "type-mismatch@x"],
    ["[1].map(x, x, x)", "type-mismatch@x"],
    ["inputs.note.map(x, x)", "type-mismatch@inputs.note"],
    ["inputs.amount.all(x, x)", "type-mismatch@inputs.amount"],
  ]);
});

describe("texts", () => {
  is([
    ["size('héé😀')", 4],
    ["'abc'.size()", 3],
    ["size([1, 2]) + size({'a': 1})", 3],
    ["'a😀b'.charAt(1)", "😀"],
    ["'a😀b'.substring(1, 2)", "😀"],
    ["'a😀b'.indexOf('b')", 2],
    ["'b😀b'.lastIndexOf('b')", 2],
    ["'a😀b'.reverse()", "b😀a"],
    ["'a😀b'.split('')", ["a", "😀", "b"]],
    ["'a😀'.replace('', '-')", "-a-😀-"],
    ["'aaa'.replace('a', 'b', 2)", "bba"],
    ["'aaa'.replace('a', 'b', 0)", "aaa"],
    ["'abc'.replace('', '-', 2)", "-a-bc"],
    ["contains('abc', 'b') && startsWith('abc', 'a') && endsWith('abc', 'c')", true],
    ["[1, 2].contains(2)", true],
    ["contains(inputs.tags, 'c')", false],
    ["[1, true, 'a', now()].join(' ')", "1 true a 2026-03-01T09:30:00Z"],
    ["'ÄbC'.lowerAscii() + 'äbC'.upperAscii()", "ÄbcäBC"],
    ["'\\u00a0 a b '.trim()", "a b"],
    ["string(true) + string('a') + string(1.50)", "truea1.5"],
    ["bool('true') && bool(true) && !bool('0')", true],
    ["type(null) + type(1) + type([]) + type({}) + type(true)", "nullnumberlistobjectboolean"],
    ["type(now()) + type(duration('1s')) + type('') + type(optional.none())", "timestampdurationstringoptional"],
    ["dyn(1) + 1", 2],
    ["json({'a': [1, null, now()]})", '{"a":[1,null,"2026-03-01T09:30:00Z"]}'],
    ["toJson('a')", '"a"'],
    ["parseJson('{\"a\": [1]}').a[0]", 1],
  ]);
  fails([
    ["'abc'.charAt(4)", "out-of-range@'abc'.charAt(4)"],
    ["'abc'.charAt(0.5)", "out-of-range@'abc'.charAt(0.5)"],
    ["'abc'.substring(2, 1)", "out-of-range@'abc'.substring(2, 1)"],
    ["'abc'.indexOf('a', 9)", "out-of-range@'abc'.indexOf('a', 9)"],
    ["'abc'.lastIndexOf('a', -1)", "out-of-range@'abc'.lastIndexOf('a', -1)"],
    ["[null].join()", "type-mismatch@[null].join()"],
    ["bool('yes')", "bad-value@bool('yes')"],
    ["string(null)", "type-mismatch@string"],
    ["string([1])", "type-mismatch@string"],
    ["parseJson('{')", "bad-value@parseJson('{')"],
    ["size(1)", "type-mismatch@size"],
    ["'a'.matches('(' + '')", "bad-regex@'a'.matches('(' + '')"],
  ]);
});

describe("lists", () => {
  is([
    ["min(3, 1, 2) + max([4, 5])", 6],
    ["max('a', 'b')", "b"],
    ["sort([3, 1, 2])", [1, 2, 3]],
    ["sort(['b', 'a'])", ["a", "b"]],
    ["sort([])", []],
    ["distinct([1, '1', 1, null, null, [1], [1], {'a': 1}])", [1, "1", null, [1], { a: 1 }]],
    ["flatten([1, [2, [3]]])", [1, 2, [3]]],
    ["flatten([1, [2, [3]]], 2)", [1, 2, 3]],
    ["slice([1, 2, 3], 1)", [2, 3]],
    ["slice([1, 2, 3], 0, 2)", [1, 2]],
    ["first([1, 2]) + last([1, 2])", 3],
    ["reverse([1, 2])", [2, 1]],
    ["range(3)", [0, 1, 2]],
    ["range(2, 4)", [2, 3]],
    ["range(4, 2)", []],
    ["sum([duration('1m'), duration('30s')])", "90s"],
    ["[1] + [2]", [1, 2]],
  ]);
  fails([
    ["min([])", "empty-list@min([])"],
    ["avg([])", "empty-list@avg([])"],
    ["last([])", "empty-list@last([])"],
    ["max([1, 'a'])", "type-mismatch@max([1, 'a'])"],
    ["min([null])", "type-mismatch@min([null])"],
    ["sort([{}])", "type-mismatch@sort([{}])"],
    ["sum(['a', 'b'])", "type-mismatch@sum(['a', 'b'])"],
    ["sum([1, null])", "type-mismatch@sum([1, null])"],
    ["slice([1], 2)", "out-of-range@slice([1], 2)"],
    ["flatten([1], 0)", "out-of-range@flatten([1], 0)"],
    ["range(0.5)", "out-of-range@range(0.5)"],
  ]);
});

describe("time", () => {
  is([
    ["now()", "2026-03-01T09:30:00Z"],
    ["timestamp('2026-03-01T10:30:00.120+01:00')", "2026-03-01T09:30:00.12Z"],
    ["timestamp(0)", "1970-01-01T00:00:00Z"],
    ["timestamp(now()) == now()", true],
    ["now() + duration('1h30m')", "2026-03-01T11:00:00Z"],
    ["duration('1d') + now() - duration('24h') == now()", true],
    ["now() - timestamp('2026-03-01T09:00:00Z')", "1800s"],
    ["duration('1d') - duration('1h')", "82800s"],
    ["-duration('1.5s')", "-1.5s"],
    ["duration(90)", "90s"],
    ["duration(duration('3d')).getHours()", 72],
    ["duration('-1h30m').getMinutes()", -90],
    ["duration('1.5s').getMilliseconds()", 500],
    ["duration('0')", "0s"],
    ["int(duration('1.9s')) + int(timestamp('1970-01-01T00:00:01.9Z'))", 2],
    ["now().getFullYear() + now().getMonth() + now().getDate()", 2029],
    ["now().getHours('+05:30') * 100 + now().getMinutes('+05:30')", 1500],
    ["now().getHours('-10:00')", 23],
    ["now().getDayOfWeek() + now().getDayOfYear()", 59],
    ["now().getDayOfMonth()", 0],
    ["now().getSeconds() + now().getMilliseconds()", 0],
    ["timestamp('0001-01-01T00:00:00Z').getFullYear()", 1],
    ["timestamp('2024-02-29T00:00:00Z').getDate('UTC')", 29],
  ]);
  fails([
    ["timestamp('2026-03-01')", "bad-value@timestamp('2026-03-01')"],
    ["timestamp('2026-02-29T00:00:00Z')", "bad-value@timestamp('2026-02-29T00:00:00Z')"],
    ["timestamp('2026-01-01T24:00:00Z')", "bad-value@timestamp('2026-01-01T24:00:00Z')"],
    ["timestamp('2026-01-01T00:00:00+25:00')", "bad-value@timestamp('2026-01-01T00:00:00+25:00')"],
    ["timestamp(1e15)", "bad-value@timestamp(1e15)"],
    ["duration('3 days')", "bad-value@duration('3 days')"],
    ["duration(1e15)", "bad-value@duration(1e15)"],
    ["now().getHours('Europe/Berlin')", "bad-value@now().getHours('Europe/Berlin')"],
    [
      "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
      "time-out-of-range@timestamp('9999-12-31T23:59:59Z') + duration('1s')",
    ],
    ["now() * 2", "type-mismatch@now() * 2"],
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

  test("gives values, which are turned into JSON apart", () => {
    expect(value("now()")).toEqual(new Timestamp(NOW));
    expect(value("duration('1s')")).toEqual(new Duration(1_000));
    expect(toJson({ at: new Timestamp(0), list: [new Duration(500)] })).toEqual({
      at: "1970-01-01T00:00:00Z",
      list: ["0.5s"],
    });
  });
});
