import { describe, expect, it } from "vitest";
import plugin from "../../plugins/transform/index.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import type { PureStageType } from "../../src/plugin/api.js";
import { NOON, pureContext, stageInfo } from "../support/context.js";

const stage = plugin.stages?.[0] as PureStageType;
const run = async (input: JsonObject) => (await stage.run(input, pureContext())).outputs;
const jsonata = async (source: string, input: Json = null) => (await run({ jsonata: source, input })).value;
const check = (input: JsonObject) =>
  (stage.check?.(stageInfo(input)) ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("transform with values", () => {
  it("passes the evaluated object on", async () => {
    expect(await run({ values: { a: 1, b: { c: null } } })).toEqual({ a: 1, b: { c: null } });
  });

  it("knows its fields before the run, though not what their expressions give", () => {
    const schema = (stage.output as (info: unknown) => JsonObject)(
      stageInfo({ values: { total: "${{ inputs.a }}", text: "no ${{ inputs.a }}", fixed: { n: 1, list: [1] } } }),
    );
    expect(schema).toMatchObject({
      additionalProperties: false,
      required: ["total", "text", "fixed"],
      properties: {
        total: {},
        text: { type: "string" },
        fixed: { properties: { n: { type: "number" }, list: { type: "array" } } },
      },
    });
  });

  it("fails when the result breaks its schema", async () => {
    const schema = { type: "object", properties: { a: { type: "string", format: "date" } } };
    expect(await run({ values: { a: "2026-01-01" }, schema })).toEqual({ a: "2026-01-01" });
    await expect(run({ values: { a: "soon" }, schema })).rejects.toMatchObject({ code: "transform-invalid" });
  });
});

describe("transform with jsonata", () => {
  const rows = [
    { id: "a", amount: "1.50" },
    { id: "b", amount: "2.50" },
  ];

  it("reshapes lists", async () => {
    expect(await jsonata('$.{ "id": id, "amount": $number(amount) }', rows)).toEqual([
      { id: "a", amount: 1.5 },
      { id: "b", amount: 2.5 },
    ]);
    expect(await jsonata("$sum($map($, function($r) { $number($r.amount) }))", rows)).toBe(4);
  });

  it("gives null for nothing found, and leaves its input alone", async () => {
    expect(await jsonata("missing.thing", { a: 1 })).toBeNull();
    const input = Object.freeze({ list: Object.freeze([3, 1, 2]) }) as unknown as Json;
    expect(await jsonata("$sort(list)", input)).toEqual([1, 2, 3]);
  });

  it("has the run's time and no other, however often it is asked", async () => {
    const noon = new Date(NOON).toISOString();
    expect(await jsonata("[$now(), $now(), $string($millis())]")).toEqual([noon, noon, String(NOON)]);
    expect(await jsonata("$now('[Y]-[M01]', '+0200')")).toBe("2026-11");
    expect(await jsonata("$toMillis('13:05', '[H]:[m]')")).toBe(Date.UTC(2026, 10, 22, 13, 5));
  });

  it.each(["$random()", "$shuffle([1,2,3])", "$eval('1+1')"])("refuses %s", async (source) => {
    await expect(jsonata(source)).rejects.toMatchObject({ code: "transform-impure" });
  });

  it("reads no prototypes", async () => {
    for (const source of ["constructor", "$.constructor.constructor", "__proto__", "toString"]) {
      expect(await jsonata(source, { a: 1 })).toBeNull();
    }
  });

  it("matches with regular expressions, groups and repeats included", async () => {
    expect(await jsonata("$replace('a1b22', /[0-9]+/, '#')")).toBe("a#b#");
    expect(await jsonata("$match('ab12 cd34', /([a-z]+)([0-9]+)/).groups")).toEqual(["ab", "12", "cd", "34"]);
    expect(await jsonata("$split('a, b,c', /, ?/)")).toEqual(["a", "b", "c"]);
    expect(await jsonata("$contains('HELLO', /hello/i)")).toBe(true);
  });

  it("says where it is wrong", async () => {
    await expect(jsonata("$number('x')")).rejects.toMatchObject({ code: "transform-failed", retryable: false });
    await expect(jsonata("$replace('a', /(?=a)/, 'b')")).rejects.toMatchObject({ code: "transform-regex" });
  });

  it("evaluates the same expression many times at once, each with its own bounds", async () => {
    const source = "$sum($map([1..n], function($i) { $i }))";
    const all = await Promise.all([1_000, 2_000, 3_000].map((n) => jsonata(source, { n })));
    expect(all).toEqual([500_500, 2_001_000, 4_501_500]);
  });
});

describe("a runaway expression ends in a fault", () => {
  it.each<[string, string]>([
    ["recursion without end", "($f := function($n) { 1 + $f($n + 1) }; $f(0))"],
    ["a product of lists", "[1..2000].([1..2000].([1..2000]))"],
    ["a huge range", "[1..9000000]"],
    ["a text that doubles", "($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('ab', 40))"],
    ["a wide pad", "$pad('x', 500000000)"],
  ])(
    "%s",
    async (_what, source) => {
      await expect(jsonata(source)).rejects.toMatchObject({ code: "transform-limit" });
    },
    60_000,
  );

  it("a pattern that backtracks elsewhere takes no time here", async () => {
    expect(await jsonata("$contains(text, /^(a+)+$/)", { text: `${"a".repeat(50_000)}!` })).toBe(false);
  });

  it("a loop without end, and it lets others go on meanwhile", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await expect(jsonata("($f := function($n) { $f($n + 1) }; $f(0))")).rejects.toMatchObject({
      code: "transform-limit",
    });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  }, 60_000);
});

describe("before the run", () => {
  it.each<[JsonObject, string]>([
    [{}, "with: give `values` or `jsonata`"],
    [{ values: {}, jsonata: "1" }, "with.jsonata: give `values` or `jsonata`, not both"],
    [{ values: {}, input: 1 }, "with.input: `input` goes with `jsonata`"],
    [{ jsonata: "$sum(" }, "with.jsonata: "],
  ])("%j is found", (input, message) => {
    expect(check(input)).toEqual([expect.stringContaining(message)]);
  });

  it("a good one has no findings", () => {
    expect(check({ jsonata: "$sum(a)", input: "${{ inputs }}" })).toEqual([]);
  });
});
