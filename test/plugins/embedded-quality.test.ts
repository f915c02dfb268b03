import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { labelledSets, measure, recorded } from "../support/embedded-quality.js";

const page = readFileSync(new URL("../../docs/reference/embedded-provider.md", import.meta.url), "utf8");
const figures = measure();

describe("the embedded extractor's figures", () => {
  it("rest on at least thirty labelled cases, half of them held out", () => {
    const cases = labelledSets().flatMap(({ set }) => set.cases);
    expect(cases.length).toBeGreaterThanOrEqual(30);
    expect(cases.filter(({ held }) => held).length).toBe(cases.length / 2);
  });

  it.each(figures.sets)("are for $name no worse than its page says", ({ name, tuned, held }) => {
    const before = recorded(page, name);
    expect(before, "run scripts/embedded-quality.ts").toBeDefined();
    expect(tuned.right).toBeGreaterThanOrEqual(before![0]);
    expect(held.right).toBeGreaterThanOrEqual(before![1]);
  });
});
