import { expect, test } from "vitest";
import { nearest } from "../../src/core/suggest.js";

test.each([
  ["amout", ["account", "amount"], "amount"],
  ["nmae", ["name", "none"], "name"],
  ["firts", ["last", "first"], "first"],
  ["inptus", ["inputs", "outputs"], "inputs"],
  ["GE", ["US", "DE", "FR"], "DE"],
  ["Size", ["size"], "size"],
  ["depends", ["needs"], undefined],
  ["x", ["y"], undefined],
  ["a", ["ab"], "ab"],
  ["same", ["same"], undefined],
  ["abc", [], undefined],
  ["abd", ["abe", "abc"], "abe"],
])("for %s among %j the nearest is %s", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
