import { isCelError, isCelList, isCelMap, run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkExpression, compileExpression, ExpressionError } from "../../src/core/expression/index.js";
import { findExpressions } from "../../src/core/expression/template.js";
import { json } from "./support.js";

/**
 * Data both evaluators see. No null entries: the other one takes them for absent. No signs beyond the basic plane: it
 * cuts them in half. Numbers are exact in binary.
 */
const NAMES = {
  order: { id: "CX-1", total: 120.5, lines: [1.5, 2.25, 8], vendor: { country: "DE" } },
  tags: ["red", "grün", "ü"],
  limit: 0.5,
  open: true,
};

/** Sources by the type they mean to have; now and then one of another, so that faults are compared too. */
const sources = fc.letrec<Record<"flag" | "whole" | "real" | "text" | "texts" | "wholes" | "object" | "any", string>>(
  (tie) => {
    const mix = (format: (...parts: string[]) => string, ...kinds: Parameters<typeof tie>[0][]) =>
      fc.tuple(...kinds.map((kind) => tie(kind) as fc.Arbitrary<string>)).map((parts) => format(...parts));
    const either = (...options: fc.Arbitrary<string>[]) => fc.oneof({ maxDepth: 4, withCrossShrink: true }, ...options);
    const binary = (left: Parameters<typeof tie>[0], right: Parameters<typeof tie>[0], ...operators: string[]) =>
      operators.map((operator) => mix((a, b) => `(${a} ${operator} ${b})`, left, right));
    return {
      flag: either(
        fc.constantFrom("true", "false", "open"),
        ...binary("flag", "flag", "&&", "||", "==", "!="),
        ...binary("whole", "whole", "<", "<=", "==", ">", "!="),
        ...binary("real", "real", "<", ">=", "=="),
        ...binary("text", "text", "<", "==", "!=", ">="),
        ...binary("any", "any", "==", "!=", "<", "&&", "||"),
        ...binary("text", "texts", "in"),
        ...binary("whole", "wholes", "in"),
        ...binary("text", "object", "in"),
        mix((a) => `!${a}`, "flag"),
        mix((a, b, c) => `(${a} ? ${b} : ${c})`, "flag", "flag", "flag"),
        mix((a, b) => `${a}.contains(${b})`, "text", "text"),
        mix((a, b) => `${a}.startsWith(${b})`, "text", "text"),
        mix((a) => `${a}.matches('^[a-z]+.$')`, "text"),
        mix((a, b) => `${a}.exists(w, w > ${b})`, "wholes", "whole"),
        mix((a, b) => `${a}.all(w, w != ${b} || ${b} > w)`, "wholes", "whole"),
        mix((a) => `${a}.exists_one(t, t.size() == 3)`, "texts"),
        fc.constantFrom("has(order.id)", "has(order.note)", "has(order.vendor.country)"),
      ),
      whole: either(
        fc.integer({ min: 0, max: 9 }).map(String),
        ...binary("whole", "whole", "+", "-", "*", "%"),
        mix((a) => `-${a}`, "whole"),
        mix((a) => `size(${a})`, "any"),
        mix((a) => `${a}.size()`, "texts"),
        mix((a, b) => `${a}[${b}]`, "wholes", "whole"),
        mix((a, b) => `${a}.indexOf(${b})`, "text", "text"),
        mix((a, b, c) => `(${a} ? ${b} : ${c})`, "flag", "whole", "whole"),
      ),
      real: either(
        fc.integer({ min: -64, max: 64 }).map((n) => (n / 8).toFixed(3)),
        fc.constantFrom("limit", "order.total", "order.lines[0]", "order['total']", "order.lines[7]", "order.price"),
        ...binary("real", "real", "+", "-", "*"),
      ),
      text: either(
        fc.constantFrom(
          "'a'",
          '"red"',
          "''",
          "'éü'",
          "order.id",
          "order.vendor.country",
          "tags[1]",
          "r'\\d'",
          "'''b\nc'''",
        ),
        ...binary("text", "text", "+"),
        mix((a, b) => `${a}[${b}]`, "texts", "whole"),
        mix((a) => `${a}.trim()`, "text"),
        mix((a) => `${a}.upperAscii()`, "text"),
        mix((a, b) => `${a}.charAt(${b})`, "text", "whole"),
        mix((a, b) => `${a}.substring(${b})`, "text", "whole"),
        mix((a, b) => `${a}.replace('a', ${b})`, "text", "text"),
        mix((a, b) => `${a}.join(${b})`, "texts", "text"),
        mix((a) => `string(${a})`, "whole"),
      ),
      texts: either(
        fc.constantFrom("tags", "['x', 'yy', 'zzz']", "[]"),
        ...binary("texts", "texts", "+"),
        mix((a, b) => `[${a}, ${b}]`, "text", "text"),
        mix((a, b) => `${a}.split(${b})`, "text", "text"),
        mix((a, b) => `${a}.map(t, t + ${b})`, "texts", "text"),
        mix((a) => `${a}.map(k, k)`, "object"),
      ),
      wholes: either(
        fc.constantFrom("[1, 2, 3]", "[0]", "[]"),
        ...binary("wholes", "wholes", "+"),
        mix((a, b) => `[${a}, ${b}]`, "whole", "whole"),
        mix((a, b) => `${a}.map(w, w * ${b})`, "wholes", "whole"),
        mix((a, b) => `${a}.filter(w, w > ${b})`, "wholes", "whole"),
        mix((a, b) => `${a}.map(w, w < ${b}, w + 1)`, "wholes", "whole"),
      ),
      object: either(
        fc.constantFrom("order", "order.vendor", "{}", "{'a': 1, 'b': 'x'}"),
        mix((a, b) => `{'one': ${a}, 'two': ${b}}`, "any", "whole"),
      ),
      any: either(
        tie("flag"),
        tie("whole"),
        tie("text"),
        tie("texts"),
        tie("wholes"),
        tie("object"),
        // A plain `null` beside a field would be a test for absence, which is ours alone.
        fc.constantFrom("[null][0]", "order.vendor.city", "order.lines"),
      ),
    };
  },
);

function theirs(source: string): string {
  const result = run(source, NAMES, { funcs: strings as never });
  return isCelError(result) ? "a fault" : JSON.stringify(plain(result));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return value + 0;
  if (isCelList(value)) return [...value].map(plain);
  if (isCelMap(value)) return Object.fromEntries([...value.entries()].map(([key, item]) => [key, plain(item)]));
  return value;
}

function ours(source: string): string {
  try {
    return JSON.stringify(json(source, NAMES));
  } catch (thrown) {
    if (thrown instanceof ExpressionError) return "a fault";
    throw thrown;
  }
}

const RUNS = 5_000;

describe("random expressions", { timeout: 300_000 }, () => {
  test("mean what another CEL says they mean", () => {
    const seen = { values: 0, faults: 0 };
    fc.assert(
      fc.property(sources.any, (source) => {
        const expected = theirs(source);
        seen[expected === "a fault" ? "faults" : "values"]++;
        expect(`${source} = ${ours(source)}`).toBe(`${source} = ${expected}`);
      }),
      { numRuns: RUNS },
    );
    // Both kinds must be met, or the comparison says little.
    expect(Math.min(seen.values, seen.faults)).toBeGreaterThan(300);
  });

  test("made of any signs end in an issue, a fault or a value, and in nothing else", () => {
    const signs = fc.constantFrom(
      ..."( ) [ ] { } . ? : , ! - + * / % < > = & | ' \" ` \\ # $ @ a in has map size order tags 1 .5 0x 1e9 null // \n }} ${{".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 24 }), fc.constantFrom("", " "), (parts, gap) => {
        const source = parts.join(gap);
        expect(() => findExpressions(`\${{ ${source}`)).not.toThrow();
        const { expression, issues } = compileExpression(source);
        const checked = checkExpression(source, new Map());
        if (expression === undefined) {
          expect(issues.length).toBeGreaterThan(0);
          for (const issue of issues) expect(issue.start).toBeLessThanOrEqual(issue.end);
          expect(checked.issues.length).toBeGreaterThan(0);
        } else {
          expect(["a fault", "value"]).toContain(ours(source) === "a fault" ? "a fault" : "value");
        }
      }),
      { numRuns: RUNS },
    );
  });
});
