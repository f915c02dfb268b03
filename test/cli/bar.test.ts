import { describe, expect, it } from "vitest";
import { barOf } from "../../src/cli/render/bar.js";

const stage = { id: "load", uses: "forEach", note: "", status: "running", startedAt: 1_000 };

describe("the bar of a stage that goes over a list", () => {
  it("shows the share done, the counts, and how long the rest takes if it goes on like this", () => {
    expect(barOf({ ...stage, items: 1_000, itemsEnded: 250, itemEndedAt: 11_000 })).toBe(
      "██████░░░░░░░░░░░░░░░░░░ 250/1000  25%  about 30s left",
    );
  });

  it("moves by an eighth of a column", () => {
    const at = (itemsEnded: number) => barOf({ ...stage, items: 192, itemsEnded, itemEndedAt: 2_000 })?.slice(0, 2);
    expect([0, 1, 2, 7, 8, 9].map(at)).toEqual(["░░", "▏░", "▎░", "▉░", "█░", "█▏"]);
  });

  it("promises no end before the first item did, and none after the last", () => {
    expect(barOf({ ...stage, items: 3, itemsEnded: 0 })).toBe(`${"░".repeat(24)} 0/3  0%`);
    expect(barOf({ ...stage, items: 3, itemsEnded: 3, itemEndedAt: 9_000 })).toBe(`${"█".repeat(24)} 3/3  100%`);
  });

  it("is not there for an empty list, nor for what goes over none", () => {
    expect(barOf({ ...stage, items: 0, itemsEnded: 0 })).toBeUndefined();
    expect(barOf({ ...stage, itemsEnded: 0 })).toBeUndefined();
  });
});
