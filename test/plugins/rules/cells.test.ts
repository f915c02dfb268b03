import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.js";
import { decide, found, table } from "./support.js";

/** Which of the values pass the cell. */
async function passing(cell: Json, values: readonly Json[], schema?: Json): Promise<Json[]> {
  const column = schema === undefined ? {} : { inputs: { x: { value: "${{ facts.x }}", schema } } };
  const ruleset = table([[cell, "yes"]], { ...column, default: { out: "no" } });
  const out: Json[] = [];
  for (const x of values) if ((await decide(ruleset, { x })).out === "yes") out.push(x);
  return out;
}

const complaint = (cell: Json, schema?: Json) => {
  const column = schema === undefined ? {} : { inputs: { x: { value: "${{ facts.x }}", schema } } };
  return found(table([[cell, 1]], column)).filter((line) => line.startsWith("rules-cell"));
};

describe("a cell", () => {
  it.each<[Json, Json[]]>([
    [3, [3]],
    ["3", [3]],
    ["< 3", [1, 2]],
    ["<= 3", [1, 2, 3]],
    ["> 3", [4, 5]],
    [">=3", [3, 4, 5]],
    ["!= 3", [1, 2, 4, 5]],
    ["= 3", [3]],
    ["[2..4]", [2, 3, 4]],
    ["(2..4)", [3]],
    ["[2..4)", [2, 3]],
    ["(2..4]", [3, 4]],
    ["not(3)", [1, 2, 4, 5]],
    ["not([2..4])", [1, 5]],
    ["not(< 2, > 4)", [2, 3, 4]],
    ["1, 5", [1, 5]],
    ["< 2, [4..5]", [1, 4, 5]],
    [
      [1, "> 4"],
      [1, 5],
    ],
    ["any", [1, 2, 3, 4, 5]],
  ])("%j takes what it says of the numbers 1 to 5", async (cell, expected) => {
    expect(await passing(cell, [1, 2, 3, 4, 5])).toEqual(expected);
  });

  it.each<[Json, Json[]]>([
    ["US", ["US"]],
    ["US, DE", ["US", "DE"]],
    [
      ["US", "DE"],
      ["US", "DE"],
    ],
    ["not(US, DE)", ["any", "< 5", "it's"]],
    ["'any'", ["any"]],
    ["= any", ["any"]],
    ["= < 5", ["< 5"]],
    ['"< 5"', ["< 5"]],
    ["'it''s'", ["it's"]],
    ["it's", ["it's"]],
    ["not('any', 'it''s')", ["US", "DE", "< 5"]],
  ])("%j takes what it says of texts", async (cell, expected) => {
    expect(await passing(cell, ["US", "DE", "any", "< 5", "it's"])).toEqual(expected);
  });

  it("with = takes the rest as it stands, commas and quotes included", async () => {
    expect(await passing("= Smith, 'John'", ["Smith, 'John'", "Smith"])).toEqual(["Smith, 'John'"]);
  });

  it("compares dates and timestamps, a date being its first instant in UTC", async () => {
    const days = ["2026-01-30", "2026-01-31", "2026-01-31T00:00:01Z", "2026-02-01T00:30:00+02:00"];
    expect(await passing("<= 2026-01-31", days)).toEqual(["2026-01-30", "2026-01-31"]);
    expect(await passing("[2026-01-31..2026-02-01)", days)).toEqual(days.slice(1));
    expect(await passing("2026-01-31", days)).toEqual(["2026-01-31"]);
  });

  it("compares durations by their length, however they are written", async () => {
    expect(await passing("<= 1h30m", ["90m", "5400s", "91m", "2d"])).toEqual(["90m", "5400s"]);
  });

  it("compares text by quoted ends", async () => {
    expect(await passing("< 'm'", ["a", "m", "z"])).toEqual(["a"]);
  });

  it("matches null with null, and with any, != and not of a value, but never with an order or its negation", async () => {
    const nullable = { type: ["number", "null"] };
    expect(await passing(null, [null, 0], nullable)).toEqual([null]);
    expect(await passing("null", [null, 0], nullable)).toEqual([null]);
    expect(await passing("any", [null, 0])).toEqual([null, 0]);
    expect(await passing("!= 5", [null, 0])).toEqual([null, 0]);
    expect(await passing("not(null)", [null, 0], nullable)).toEqual([0]);
    expect(await passing("< 5", [null, 0])).toEqual([0]);
    expect(await passing("not(< 5)", [null, 9])).toEqual([9]);
    expect(await passing("null, > 5", [null, 9, 1])).toEqual([null, 9]);
  });

  it("takes booleans as spreadsheets write them", async () => {
    expect(await passing("TRUE", [true, false])).toEqual([true]);
    expect(await passing(false, [true, false])).toEqual([false]);
  });

  it("takes digits for text when the column's schema says text", async () => {
    expect(await passing("10115, 01067", ["10115", "01067"], { type: "string" })).toEqual(["10115", "01067"]);
    expect(await passing("'10115'", ["10115"])).toEqual(["10115"]);
  });

  it.each(["constructor", "__proto__", "toString"])("takes %s for text", async (word) => {
    expect(await passing(word, [word, "x"])).toEqual([word]);
  });
});

describe("a cell that cannot be read", () => {
  it.each<[Json, string]>([
    ["", "the cell is empty"],
    ["-", '"-" says nothing here'],
    ["*", '"*" says nothing here'],
    ["<", "a value is missing"],
    ["== 5", "`==` is written `=`"],
    ["!5", "`!` alone says nothing"],
    ["[1-5]", "a range is [a..b]"],
    ["[1..5", "no closing"],
    ["[5..1]", "the range is empty"],
    ["(5..5)", "the range is empty"],
    ["not(1", "no closing `)`"],
    ["'open", "no closing '"],
    ["1,5", "one number or two"],
    ["< soon", "neither a number"],
    ["< true", "cannot be ordered"],
    ["< null", "null cannot be ordered"],
    ["Any", "only in lower case"],
    ["'a' b", 'unexpected "b"'],
    ["${{ facts.y }}", "no expression"],
    [[], "matches nothing"],
    [{ a: 1 }, "not an object"],
    ["1,, 2", "a value is missing"],
  ])("%j is a finding that says why", (cell, why) => {
    expect(complaint(cell)).toEqual([expect.stringContaining(why)]);
  });

  it("is one whose kind is not its column's", () => {
    const mixed = table([
      [5, 1],
      ["'five'", 2],
    ]);
    expect(found(mixed)).toEqual([expect.stringMatching(/^rules-cell rules\.1\.x: "five" is not a number/)]);
    expect(complaint(5, { type: "string" })).toEqual([expect.stringContaining("5 is not text")]);
    expect(complaint("2026-02-30", { type: "string", format: "date" })).toHaveLength(1);
  });

  it("does not stop the others from being reported", () => {
    const two = table([
      ["[1..", 1],
      ["<", 2],
    ]);
    expect(found(two)).toHaveLength(2);
  });
});

describe("a fact of the wrong kind", () => {
  it.each<[Json, Json, string]>([
    ["< 5", "4", "expected a number"],
    ["US", 5, "expected text"],
    ["true", "true", "expected true or false"],
    ["< 2026-01-01", "yesterday", "expected a date"],
    ["< 1h", "soon", "expected a duration"],
  ])("fails the stage rather than matching nothing: cell %j, fact %j", async (cell, x, why) => {
    await expect(decide(table([[cell, 1]]), { x })).rejects.toMatchObject({
      code: "rules-input",
      message: expect.stringContaining(why),
    });
  });

  it("is one its schema rules out", async () => {
    const schema = { type: "integer", minimum: 0, exclusiveMaximum: 10 };
    const bounded = table([["any", 1]], { inputs: { x: { value: "${{ facts.x }}", schema } } });
    expect(await decide(bounded, { x: 9 })).toEqual({ out: 1, matched: [1] });
    for (const x of [-1, 10, null]) await expect(decide(bounded, { x })).rejects.toMatchObject({ code: "rules-input" });
  });

  it("is one that is not there: the expression fails, and says in which column", async () => {
    await expect(decide(table([["any", 1]]), {})).rejects.toMatchObject({
      code: "expression-error",
      message: expect.stringContaining("column x"),
    });
  });
});
