import { describe, expect, it } from "vitest";
import { differences } from "../../src/core/differences.js";

describe("differences", () => {
  it("names every place by keys and indexes, with both sides", () => {
    const before = { a: 1, lines: [{ n: 1 }, { n: 2 }], same: { x: [1] } };
    const after = { a: 2, lines: [{ n: 1 }, { n: 3 }, { n: 4 }], same: { x: [1] } };
    expect(differences(before, after)).toEqual([
      { path: ["a"], before: 1, after: 2 },
      { path: ["lines", 1, "n"], before: 2, after: 3 },
      { path: ["lines", 2], before: undefined, after: { n: 4 } },
    ]);
  });

  it("tells a missing key from null, and another kind of value as a whole", () => {
    expect(differences({ a: null }, {})).toEqual([{ path: ["a"], before: null, after: undefined }]);
    expect(differences({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: ["a"], before: [1], after: { 0: 1 } }]);
  });

  it("does not find names of the prototype in a value", () => {
    expect(differences({}, { constructor: 1 })).toEqual([{ path: ["constructor"], before: undefined, after: 1 }]);
    expect(differences(JSON.parse('{"__proto__": 1}'), {})).toEqual([
      { path: ["__proto__"], before: 1, after: undefined },
    ]);
  });
});
