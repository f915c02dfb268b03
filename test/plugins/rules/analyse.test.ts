import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.js";
import { check, decide, found, table } from "./support.js";

const typed = (schema: Json): JsonObject => ({ inputs: { x: { value: "${{ facts.x }}", schema } } });
const of = (rows: readonly Json[], over: JsonObject = {}) =>
  found(
    table(
      rows.map((cell, at) => [cell, at]),
      over,
    ),
  );

describe("a gap", () => {
  it.each<[Json[], JsonObject, string]>([
    [["< 100", "> 200"], {}, "x: [100..200]"],
    [["< 100", "(100..200]"], {}, "x: 100, > 200"],
    [["> 5"], {}, "x: <= 5"],
    [["[1..5]", "[6..9]"], typed({ type: "integer", minimum: 1, maximum: 9 }), ""],
    [["[1..5]", "[6..9]"], typed({ type: "number", minimum: 1, maximum: 9 }), "x: (5..6)"],
    [["US", "DE"], {}, "x: not(US, DE)"],
    [["US", "DE"], typed({ enum: ["US", "DE", "FR", "GB"] }), "x: FR, GB"],
    [[true], {}, "x: false"],
    [["< 2026-01-01"], {}, "x: >= 2026-01-01"],
    [["< 1h30m"], {}, "x: >= 1h30m"],
    [["< 'm'"], {}, "x: >= m"],
    [["> 0", "<= 0"], typed({ type: ["number", "null"] }), "x: null"],
    [["> 0", "<= 0", null], {}, ""],
  ])("in %j is named as the cell that would fill it", (rows, over, gap) => {
    const expected = gap === "" ? [] : [expect.stringContaining(`rules-gap rules: no row takes { ${gap} }`)];
    expect(of(rows, over)).toEqual(expected);
  });

  it("is a warning, over all columns at once", () => {
    const ruleset = {
      inputs: { a: "${{ facts.a }}", b: "${{ facts.b }}" },
      outputs: { out: {} },
      rules: [
        { a: "< 10", b: "any", out: 1 },
        { a: ">= 10", b: ["x", "y"], out: 2 },
      ],
    };
    const [issue, ...rest] = check(ruleset);
    expect(issue).toMatchObject({ severity: "warning", message: "no row takes { a: >= 10, b: not(x, y) }" });
    expect(rest).toEqual([]);
  });

  it("is none where a default answers, or where nothing is an answer", () => {
    expect(of(["> 5"], { default: { out: 0 } })).toEqual([]);
    expect(of(["> 5"], { hit: "collect" })).toEqual([]);
  });

  it("is closed by a row with a condition, which may match", () => {
    const rows = [
      { x: "< 5", out: 1 },
      { when: "${{ facts.x >= 5 }}", out: 2 },
    ];
    expect(found(table([], { rules: rows }))).toEqual([]);
  });
});

describe("an overlap", () => {
  it("is an error under unique, and says where", () => {
    expect(of(["[1..5]", "[5..9]", "any"], { default: { out: 0 } })).toEqual([
      "rules-overlap rules.1: rows 1 and 2 both take { x: 5 }, and `hit: unique` allows one",
      "rules-overlap rules.2: rows 1 and 3 both take { x: [1..5] }, and `hit: unique` allows one",
      "rules-overlap rules.2: rows 2 and 3 both take { x: [5..9] }, and `hit: unique` allows one",
    ]);
  });

  it("is an error under any only where the rows differ", () => {
    const rows = (second: Json) =>
      table(
        [
          ["> 1", "a"],
          ["any", second],
        ],
        { hit: "any" },
      );
    expect(found(rows("a"))).toEqual([]);
    expect(found(rows("b"))).toEqual([expect.stringMatching(/^rules-overlap rules\.1: .*their outputs differ/)]);
    expect(found(rows("${{ facts.y }}"))).toEqual([]);
  });

  it("is none between rows a condition tells apart, nor of one column when another differs", () => {
    const conditional = [
      { x: "> 1", when: "${{ facts.y }}", out: 1 },
      { x: "any", out: 2 },
    ];
    expect(found(table([], { rules: conditional }))).toEqual([]);
    const apart = {
      inputs: { a: "${{ facts.a }}", b: "${{ facts.b }}" },
      outputs: { out: {} },
      rules: [
        { a: "> 1", b: true, out: 1 },
        { a: "> 1", b: false, out: 2 },
      ],
      default: { out: 0 },
    };
    expect(found(apart)).toEqual([]);
  });

  it.each(["first", "priority", "collect", "ruleOrder", "outputOrder"])("is fine under %s", (hit) => {
    const overlapping = table(
      [
        ["> 5", 1],
        ["any", 0],
      ],
      { hit, outputs: { out: [1, 0] } },
    );
    expect(found(overlapping).filter((line) => line.includes("overlap"))).toEqual([]);
  });
});

describe("a row that can never match", () => {
  it("is one that earlier rows leave nothing to, under first", () => {
    expect(of(["< 10", ">= 5", "[7..8]"], { hit: "first" })).toEqual([
      "rules-unreachable rules.2: row 3 can never match: rows 1, 2 come first",
    ]);
    expect(of(["any", "> 1"], { hit: "first" })).toEqual([
      "rules-unreachable rules.1: row 2 can never match: row 1 comes first",
    ]);
  });

  it("is not hidden by a row with a condition", () => {
    const rows = [
      { when: "${{ facts.y }}", out: 1 },
      { x: "> 1", out: 2 },
    ];
    expect(found(table([], { hit: "first", rules: rows, default: { out: 0 } }))).toEqual([]);
  });

  it("is one whose cell no value of the column passes", () => {
    expect(of(["> 10", "<= 10"], typed({ type: "number", maximum: 10 }))).toEqual([
      "rules-unreachable rules.0: row 1 can never match: no x passes its cell",
    ]);
    expect(of(["not(any)", "any"])).toHaveLength(1);
  });
});

describe("a large table", () => {
  it("is looked at up to a stated number of cells, and says so when it stops", () => {
    const columns = ["a", "b", "c", "d", "e", "f"];
    const cell = (row: number, column: number) => {
      const low = (row * 13 + column) % 50;
      return (row * 7 + column * 3) % 11 < 5 ? "any" : `[${low}..${low + 60}]`;
    };
    const rules = Array.from({ length: 300 }, (_, row) =>
      Object.fromEntries([...columns.map((name, column) => [name, cell(row, column)]), ["out", row]]),
    );
    const inputs = Object.fromEntries(columns.map((name) => [name, `\${{ facts.${name} }}`]));
    const lines = found({ hit: "first", inputs, outputs: { out: {} }, rules });
    expect(lines.at(-1)).toBe("rules-gap rules: the table is too large to check whole: stopped after 50000 cells");
  });

  it("of 1,000 disjoint rows is checked whole", () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => `[${at}..${at + 1})`);
    expect(of(rows)).toEqual(["rules-gap rules: no row takes { x: < 0, >= 1000 }"]);
  });
});

describe("the analysis and the table agree", () => {
  const cell = fc.oneof(
    fc.constant("any"),
    fc.integer({ min: 0, max: 6 }),
    fc
      .tuple(fc.constantFrom("<", "<=", ">", ">=", "!="), fc.integer({ min: 0, max: 6 }))
      .map(([by, than]) => `${by} ${than}`),
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 6 })).map(([low, high]) => `(${low}..${high}]`),
  );
  const row = fc.record({ a: cell, b: cell, out: fc.integer({ min: 0, max: 3 }) });
  const facts = Array.from({ length: 16 }, (_, a) =>
    Array.from({ length: 16 }, (_, b) => ({ a: a / 2 - 0.5, b: b / 2 - 0.5 })),
  ).flat();

  it("there is a gap, an overlap or a hidden row exactly when some facts show it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rules) => {
        const base = {
          inputs: {
            a: { value: "${{ facts.a }}", schema: { type: "number" } },
            b: { value: "${{ facts.b }}", schema: { type: "number" } },
          },
          outputs: { out: {} },
          rules,
        };
        const collect = { ...base, hit: "collect" };
        const matches = await Promise.all(facts.map(async (one) => (await decide(collect, one)).matched as number[]));
        const unique = found({ ...base, hit: "unique" });
        expect(unique.some((line) => line.startsWith("rules-gap"))).toBe(matches.some((rows) => rows.length === 0));
        expect(unique.some((line) => line.startsWith("rules-overlap"))).toBe(matches.some((rows) => rows.length > 1));
        const first = found({ ...base, hit: "first" }).filter((line) => line.startsWith("rules-unreachable"));
        const reached = new Set(matches.map(([earliest]) => earliest));
        const unreached = rules.flatMap((_, at) => (reached.has(at + 1) ? [] : [`rules.${at}:`]));
        expect(first.map((line) => line.split(" ")[1])).toEqual(unreached);
      }),
      { numRuns: 60 },
    );
  });
});
