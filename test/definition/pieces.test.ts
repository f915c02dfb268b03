import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isObject, type Json } from "../../src/core/json.js";
import type { Path, Place } from "../../src/definition/findings.js";
import { readInPieces } from "../../src/definition/pieces.js";
import { parseSource } from "../../src/definition/source.js";
import { filesBelow, ROOT } from "../support/sources.js";

const texts = ["definitions", "test/patterns", "test/golden"].flatMap((folder) =>
  filesBelow(folder, /\.yaml$/).map((file) => fs.readFileSync(path.join(ROOT, file), "utf8")),
);

/** Every place of a value: keys, values, the last letter of a text, and one below it that is not there. */
function placesOf(value: Json, at: Path = []): readonly Place[] {
  const here: readonly Place[] = [{ path: at }, { path: at, part: "key" }, { path: [...at, "absent"] }];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [index, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  const text = typeof value === "string" && value !== "" ? value.length : undefined;
  const inside: readonly Place[] = text === undefined ? [] : [{ path: at, extent: { start: text - 1, end: text } }];
  return [...here, ...inside, ...entries.flatMap(([key, one]) => placesOf(one, [...at, key]))];
}

/** In pieces of any size a text says what it says as a whole, at the same places, or is not cut. */
function isSameInPieces(text: string, size: number): boolean {
  const whole = parseSource({ file: "a.yaml", text });
  const cut = readInPieces(text, size);
  if (cut === undefined) return false;
  expect(whole.diagnostics).toEqual([]);
  expect(JSON.stringify(cut.value)).toBe(JSON.stringify(whole.value));
  for (const place of placesOf(cut.value)) expect([place, cut.locate(place)]).toEqual([place, whole.locate(place)]);
  return true;
}

it("every definition here says the same in pieces, down to each place in it", () => {
  const cut = texts.filter((text) => isSameInPieces(text, 1));
  // Those with a fault, aliases or a second document are read whole.
  expect(cut.length).toBeGreaterThan(texts.length / 2);
});

it("definitions that somebody has mistyped say the same in pieces or are read whole", () => {
  const signs = [
    "\n",
    "  ",
    " ",
    "\t",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "|\n",
    ">+\n",
    "#",
    "&x ",
    "*x",
  ];
  const marks = ["---\n", "...\n", "%YAML 1.1\n", "stages:\n", "  a:\n", "a: |2\n", "\r\n", "!x ", "", "\n\n"];
  const edit = fc.record({
    at: fc.nat({ max: 4_000 }),
    drop: fc.nat({ max: 12 }),
    put: fc.constantFrom(...signs, ...marks),
  });
  const sound = texts.filter((text) => text.length < 4_000 && readInPieces(text, 1) !== undefined);
  const given = fc.record({
    text: fc.constantFrom(...sound),
    edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    size: fc.constantFrom(1, 20, 80),
  });
  let cut = 0;
  fc.assert(
    fc.property(given, ({ text, edits, size }) => {
      const edited = edits.reduce((now, { at, drop, put }) => {
        const from = at % now.length;
        return now.slice(0, from) + put + now.slice(from + drop);
      }, text);
      if (isSameInPieces(edited, size)) cut += 1;
    }),
    { numRuns: 800 },
  );
  expect(cut).toBeGreaterThan(50);
});

it.each([
  ["a sequence at the top", "- a\n- b\n"],
  ["aliases from piece to piece", "stages:\n  a: &x { b: 1 }\n  c: *x\n"],
  ["the same key in two pieces", "stages:\n  a: 1\n  b: 2\n  a: 3\n"],
  ["the same key at the top in two pieces", "stages:\n  a: 1\n  b: 2\nstages:\n  a: 3\n"],
  ["a second document", "stages:\n  a: 1\n  b: 2\n---\nc: 3\n"],
  ["a bracket that is never closed", "stages:\n  a: { b: 1\n  c: 2\n  d: 3\n"],
  ["a quote that goes on at the column of keys", 'stages:\n  a: "one\n  b: two"\n  c: 3\n'],
  ["keys that are no words", "stages:\n  a: 1\n 'b': 2\n"],
])("with %s a text is read whole", (_, text) => {
  expect(readInPieces(text, 1)).toBeUndefined();
});

it("a fault far down in a long definition is found where it is", () => {
  const stage = (at: number) => `  s${at}: { uses: transform, with: { values: { number: ${at} } } }\n`;
  const long = `stages:\n${Array.from({ length: 6_000 }, (_, at) => stage(at)).join("")}outputs: { a: 1 }\n`;
  expect(readInPieces(long)).toBeDefined();
  const { value, locate, diagnostics } = parseSource({ file: "a.yaml", text: long });
  expect(diagnostics).toEqual([]);
  expect(Object.keys(value?.["stages"] as object)).toHaveLength(6_000);
  expect(locate({ path: ["stages", "s5999", "with"], part: "key" }).start).toMatchObject({ line: 6_001, column: 29 });
  expect(locate({ path: ["outputs", "a"] }).start).toMatchObject({ line: 6_002, column: 15 });
  const twice = parseSource({ file: "a.yaml", text: `${long}stages: {}\n` });
  expect(twice.diagnostics).toMatchObject([{ code: "duplicate-key", range: { start: { line: 6_003, column: 1 } } }]);
});
