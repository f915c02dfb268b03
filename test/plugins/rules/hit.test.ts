import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.js";
import { ask, decide, table } from "./support.js";

/** Rows for everything, above 1 and above 2, so that x = 3 matches all, in the order low, high, mid. */
const three = (hit: string, over: JsonObject = {}) =>
  table(
    [
      ["any", "low"],
      ["> 2", "high"],
      ["> 1", "mid"],
    ],
    { hit, outputs: { out: ["high", "mid", "low"] }, ...over },
  );

const numbers = (aggregate: string | undefined, values: readonly Json[], over: JsonObject = {}) =>
  table(
    values.map((value) => ["> 0", value] as const),
    { hit: "collect", ...(aggregate === undefined ? {} : { aggregate }), ...over },
  );

describe("a hit policy", () => {
  it("unique gives the one row, and fails when several match", async () => {
    expect(await decide(three("unique"), { x: 1 })).toEqual({ out: "low", matched: [1] });
    await expect(decide(three("unique"), { x: 3 })).rejects.toMatchObject({
      code: "rules-overlap",
      retryable: false,
      details: { matched: [1, 2, 3] },
    });
  });

  it("unique is what a table has that names none", async () => {
    const { hit: _hit, ...unnamed } = three("unique");
    await expect(decide(unnamed, { x: 3 })).rejects.toMatchObject({ code: "rules-overlap" });
  });

  it("first gives the earliest row and looks no further", async () => {
    expect(await decide(three("first"), { x: 3 })).toEqual({ out: "low", matched: [1] });
    const poisoned = table([["any", 1]], {
      hit: "first",
      rules: [
        { x: "any", out: 1 },
        { when: "${{ facts.missing > 1 }}", out: 2 },
      ],
    });
    expect(await decide(poisoned, { x: 1 })).toEqual({ out: 1, matched: [1] });
  });

  it("priority gives the row whose output is listed first", async () => {
    expect(await decide(three("priority"), { x: 3 })).toEqual({ out: "high", matched: [2, 3, 1] });
    expect(await decide(three("priority"), { x: 2 })).toEqual({ out: "mid", matched: [3, 1] });
  });

  it("priority goes column by column, and ties go to the earlier row", async () => {
    const two = {
      hit: "priority",
      inputs: {},
      outputs: { a: ["x", "y"], free: {}, b: [2, 1] },
      rules: [
        { a: "y", free: 1, b: 2 },
        { a: "x", free: 2, b: 1 },
        { a: "x", free: 3, b: 2 },
        { a: "x", free: 4, b: 2 },
      ],
    };
    expect(await decide(two, {})).toEqual({ a: "x", free: 3, b: 2, matched: [3, 4, 2, 1] });
  });

  it("any gives what all the rows say, and fails when they differ", async () => {
    const same = table(
      [
        ["> 1", { a: 1, b: 2 }],
        ["> 0", { b: 2, a: 1 }],
        ["> 5", { a: 9, b: 9 }],
      ],
      { hit: "any" },
    );
    expect(await decide(same, { x: 3 })).toEqual({ out: { a: 1, b: 2 }, matched: [1, 2] });
    await expect(decide(same, { x: 6 })).rejects.toMatchObject({ code: "rules-conflict" });
  });

  it("collect and ruleOrder give all rows in the order of the table", async () => {
    const rows = [{ out: "low" }, { out: "high" }, { out: "mid" }];
    expect(await decide(three("collect"), { x: 3 })).toEqual({ rows, matched: [1, 2, 3] });
    expect(await decide(three("ruleOrder"), { x: 3 })).toEqual({ rows, matched: [1, 2, 3] });
  });

  it("outputOrder gives all rows, the most important first", async () => {
    const rows = [{ out: "high" }, { out: "mid" }, { out: "low" }];
    expect(await decide(three("outputOrder"), { x: 3 })).toEqual({ rows, matched: [2, 3, 1] });
  });
});

describe("collect with an aggregate", () => {
  it.each<[string, number]>([
    ["sum", 0.6],
    ["min", 0.1],
    ["max", 0.3],
    ["count", 3],
  ])("%s", async (aggregate, out) => {
    expect(await decide(numbers(aggregate, [0.1, 0.2, 0.3]), { x: 1 })).toEqual({ out, matched: [1, 2, 3] });
  });

  it("counts distinct outputs, as DMN does", async () => {
    expect(await decide(numbers("count", ["a", "b", "a", null]), { x: 1 })).toMatchObject({ out: 3 });
  });

  it("fails on what is no number", async () => {
    await expect(decide(numbers("sum", [1, "2"]), { x: 1 })).rejects.toMatchObject({ code: "rules-output" });
  });

  it("is null of nothing, and a count of 0", async () => {
    for (const aggregate of ["sum", "min", "max"]) {
      expect(await decide(numbers(aggregate, [1]), { x: 0 })).toEqual({ out: null, matched: [] });
    }
    expect(await decide(numbers("count", [1]), { x: 0 })).toEqual({ out: 0, matched: [] });
  });
});

describe("no row", () => {
  it("is null in every column for one answer, and an empty list for many", async () => {
    const none = (hit: string) => ({
      hit,
      inputs: { x: "${{ facts.x }}" },
      outputs: { a: ["p"], b: {} },
      rules: [{ x: "> 5", a: "p", b: 1 }],
    });
    for (const hit of ["unique", "first", "priority", "any"]) {
      expect(await decide(none(hit), { x: 1 })).toEqual({ a: null, b: null, matched: [] });
    }
    for (const hit of ["collect", "ruleOrder", "outputOrder"]) {
      expect(await decide(none(hit), { x: 1 })).toEqual({ rows: [], matched: [] });
    }
  });

  it("is the default where there is one, which may compute", async () => {
    const fallback = { default: { out: "${{ facts.x + 1 }}" } };
    const one = table([["> 5", 0]], fallback);
    expect(await decide(one, { x: 1 })).toEqual({ out: 2, matched: [] });
    expect((await ask(one, { x: 1 })).explain).toMatchObject({ usedDefault: true, matched: [] });
    expect(await decide(table([["> 5", 0]], { hit: "collect", ...fallback }), { x: 1 })).toEqual({
      rows: [{ out: 2 }],
      matched: [],
    });
    expect(await decide(numbers("sum", [1], { default: { out: 7 } }), { x: 0 })).toEqual({ out: 7, matched: [] });
  });
});

describe("a row", () => {
  it("may hold a condition over the facts beside its cells", async () => {
    const ruleset = table([], {
      default: { out: "no" },
      rules: [{ x: "> 1", when: "${{ facts.y == 'b' }}", out: "yes" }],
    });
    expect(await decide(ruleset, { x: 2, y: "b" })).toMatchObject({ out: "yes" });
    expect(await decide(ruleset, { x: 2, y: "a" })).toMatchObject({ out: "no" });
    expect(await decide(ruleset, { x: 1, y: "b" })).toMatchObject({ out: "no" });
  });

  it("fails the stage when its condition is neither true nor false, or errors: never taken for no", async () => {
    const odd = table([], { rules: [{ when: "${{ facts.x }}", out: 1 }] });
    await expect(decide(odd, { x: 1 })).rejects.toMatchObject({
      code: "expression-error",
      message: expect.stringMatching(/row 1, when/),
    });
    const broken = table([], { rules: [{ when: "${{ facts.nothing > 1 }}", out: 1 }] });
    await expect(decide(broken, { x: 1 })).rejects.toMatchObject({ code: "expression-error" });
  });

  it("may compute its outputs, which are held against the column", async () => {
    const ruleset = table([["any", "${{ facts.x * 2 }}"]], { outputs: { out: { type: "number", maximum: 10 } } });
    expect(await decide(ruleset, { x: 3 })).toEqual({ out: 6, matched: [1] });
    await expect(decide(ruleset, { x: 6 })).rejects.toMatchObject({
      code: "rules-output",
      message: expect.stringMatching(/row 1, column out/),
    });
  });

  it("never evaluates an expression that came in with the facts", async () => {
    const echo = table([["any", "${{ facts.x }}"]]);
    expect(await decide(echo, { x: "${{ 1 + 1 }}" })).toEqual({ out: "${{ 1 + 1 }}", matched: [1] });
  });
});

describe("the explanation", () => {
  it("tells the columns' values, and the rows that matched with their notes", async () => {
    const ruleset = table([["any", 1]], {
      version: "3",
      hit: "first",
      rules: [
        { x: "> 5", out: 1 },
        { x: "> 2", out: 2, note: "board policy 7" },
      ],
    });
    expect((await ask(ruleset, { x: 3 })).explain).toEqual({
      ruleset: "table",
      version: "3",
      hit: "first",
      columns: { x: 3 },
      matched: [{ row: 2, note: "board policy 7" }],
      usedDefault: false,
    });
  });
});
