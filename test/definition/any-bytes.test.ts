import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../src/core/diagnostic-text.js";
import { type ReadHost, readDefinition } from "../../src/definition/index.js";
import { GOLDEN, goldenHost } from "../support/golden.js";

let host: ReadHost;
beforeAll(async () => {
  host = await goldenHost();
});

const good = ["ok", "err"].flatMap((folder) =>
  readdirSync(join(GOLDEN, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(join(GOLDEN, folder, name), "utf8")),
);

/** Reading gives a plan or an error, every finding lies in the text and can be printed. */
function holds(given: string): void {
  const { plan, diagnostics, texts } = readDefinition({ file: "any.yaml", text: given }, host);
  expect(plan === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  for (const found of diagnostics.slice(0, 20)) {
    const { start, end } = found.range;
    const text = texts.get(found.file) as string;
    expect(start.offset).toBeGreaterThanOrEqual(0);
    expect(end.offset).toBeGreaterThanOrEqual(start.offset);
    expect(end.offset).toBeLessThanOrEqual(text.length);
    expect(start.line).toBe(text.slice(0, start.offset).split("\n").length);
    expect(formatDiagnostic(found, text)).toContain(found.message);
  }
}

const pieces = [
  "stages:",
  "needs: [a]",
  "uses: http",
  "  ",
  "\n",
  "\t",
  "${{ ",
  " }}",
  "${{ stages.a.outputs }}",
  "*x",
  "&x ",
  "<<: *x",
  "!!map",
  "? ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  ": ",
  '"',
  "'",
  "|\n",
  ">-\n",
  "#",
  "__proto__: 1",
  "null",
  "~",
  "forEach: {items: [1]}",
  "repeat: { maxIterations: 2 }",
  "\u0000",
  "\ufeff",
  "\r\n",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "\ud800",
  "if: ",
  "stages: { b: 1 }",
];

const mutated = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), fc.constantFrom(...pieces)), {
      maxLength: 4,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((current, [where, cut, piece]) => {
      const at = Math.floor(where * current.length);
      return current.slice(0, at) + piece + current.slice(at + cut);
    }, text),
  );

describe("whatever the text is, reading it ends with findings or a plan", () => {
  it("holds for good and bad definitions with pieces cut out and put in", () => {
    fc.assert(fc.property(mutated, holds), { numRuns: 200 });
  });

  it("holds for pieces of YAML in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((list) => list.join("")),
        holds,
      ),
      {
        numRuns: 200,
      },
    );
  });

  it("holds for any characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), holds), { numRuns: 200 });
  });

  it.each(["[", "{a: ", "- ", "? ", "a:\n ", "*a ", "&a ", "!a ", "'", '"', "\t", "${{ ", "((", "}"])(
    "holds for %j many times over",
    (piece) => {
      for (const count of [10, 1_000, 20_000]) holds(piece.repeat(count));
    },
  );

  it("refuses 10 MB of YAML and an indentation stair without parsing either", () => {
    const big = readDefinition({ file: "big.yaml", text: `# ${"x".repeat(11 * 1024 * 1024)}` }, host);
    expect(big.diagnostics.map(({ code }) => code)).toEqual(["too-large"]);
    const stair = Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
    expect(readDefinition({ file: "s.yaml", text: stair }, host).diagnostics.map(({ code }) => code)).toEqual([
      "too-deep",
    ]);
  });
});
