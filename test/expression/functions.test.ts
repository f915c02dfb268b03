import { describe } from "vitest";
import { evaluates, fails } from "./support.js";

const NAMES = { tags: ["a", "b"] };

describe("texts", () => {
  evaluates(NAMES, [
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
    ["contains(tags, 'c')", false],
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
  fails(NAMES, [
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
  evaluates(NAMES, [
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
  fails(NAMES, [
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
  evaluates(NAMES, [
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
  fails(NAMES, [
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
