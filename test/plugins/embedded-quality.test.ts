import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { labelledSets, measure, renderFigures, replaceFigures } from "../support/embedded-quality.js";

const page = readFileSync(new URL("../../docs/reference/embedded-provider.md", import.meta.url), "utf8");
const figures = measure();

describe("the embedded extractor's figures", () => {
  it("rest on at least thirty labelled cases, half of them held out", () => {
    const cases = labelledSets().flatMap(({ set }) => set.cases);
    expect(cases.length).toBeGreaterThanOrEqual(30);
    expect(cases.filter(({ held }) => held).length).toBe(cases.length / 2);
  });

  it("are the ones its page shows: scripts/embedded-quality.mjs writes them", () => {
    expect(replaceFigures(page, renderFigures(figures))).toBe(page);
  });

  it.each(figures.sets)("are never below nine in ten for $name, held-out cases too", ({ tuned, held }) => {
    expect(tuned.right / tuned.all).toBeGreaterThanOrEqual(0.9);
    expect(held.right / held.all).toBeGreaterThanOrEqual(0.9);
  });
});
