import { describe, expect, it } from "vitest";
import { parseSource } from "../../src/definition/source.js";

/** Marks `word` of the value at `a` and says what the file has at that place. */
function marked(text: string, word: string): string {
  const { value, locate, diagnostics } = parseSource({ file: "t.yaml", text });
  expect(diagnostics).toEqual([]);
  const start = String(value?.["a"]).indexOf(word);
  expect(start).toBeGreaterThanOrEqual(0);
  const range = locate({ path: ["a"], extent: { start, end: start + word.length } });
  return text.slice(range.start.offset, range.end.offset);
}

describe("a place inside a text is found in the file", () => {
  it.each([
    ["plain", "a: one TWO three\n"],
    ["plain over lines", "a: one\n  two\n\n  TWO three\n"],
    ["single quotes", "a: 'it''s one TWO'\n"],
    ["single quotes over lines", "a: 'it''s\n  one\n\n   TWO'\n"],
    ["double quotes", 'a: "\\u00e4\\t\\"one\\" \\U0001F600 TWO"\n'],
    ["double quotes over lines", 'a: "one\n   two \\\n   joined\n\n   TWO"\n'],
    ["literal block", "a: |\n    one\n      deeper\n\n    TWO\n"],
    ["literal block with a header", "a: |2-\n   one TWO\n"],
    ["folded block", "a: >-\n  one\n  two\n\n    deeper\n  TWO three\n"],
    ["windows line ends", "a: |\r\n  one\r\n  TWO\r\n"],
    ["an alias", "x: &x 'one TWO'\na: *x\n"],
  ])("in %s", (_, text) => {
    expect(marked(text, "TWO")).toBe("TWO");
  });

  it("marks the key where a value is missing, and the deepest thing there is where a path leads nowhere", () => {
    const text = "a:\nb: { c: 1 }\n";
    const { locate } = parseSource({ file: "t.yaml", text });
    const at = (path: string[], part?: "key") => {
      const { start, end } = locate({ path, ...(part && { part }) });
      return text.slice(start.offset, end.offset);
    };
    expect(at(["a"])).toBe("a");
    expect(at(["b", "c"])).toBe("1");
    expect(at(["b", "c"], "key")).toBe("c");
    expect(at(["b", "nothing", "below"])).toBe("b");
  });
});

describe("values", () => {
  it("are those of YAML 1.2 core: no yes, no octal by a leading zero, no dates", () => {
    const { value } = parseSource({ file: "t.yaml", text: "a: [yes, NO, on, 010, 0o10, 2026-01-01, ~, 1e3]\n" });
    expect(value).toEqual({ a: ["yes", "NO", "on", 10, 8, "2026-01-01", null, 1000] });
  });

  it("keep a hundred aliases of one anchor and words that objects have of themselves", () => {
    const text = `x: &x { constructor: 1, toString: 2 }\na: [${Array(200).fill("*x").join(", ")}]\n`;
    const { value, diagnostics } = parseSource({ file: "t.yaml", text });
    expect(diagnostics).toEqual([]);
    expect((value as { a: unknown[] }).a[199]).toEqual({ constructor: 1, toString: 2 });
  });
});
