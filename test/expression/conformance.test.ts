import { describe, expect, test } from "vitest";
import { DEVIATIONS } from "./conformance/profile.js";
import { deviationOf, nameOf, report } from "./conformance/report.js";
import { runSuite } from "./conformance/run.js";

const results = runSuite();
const inside = results.filter((result) => result.leftOut === undefined);

describe("the official CEL suite", () => {
  test("passes but for the differences that are written down", () => {
    const unexplained = inside.filter((result) => result.failure !== undefined && deviationOf(result) === undefined);
    expect(unexplained.map((result) => `${nameOf(result)}: ${result.test.expr}: ${result.failure}`)).toEqual([]);
  });

  test("knows of no difference that is none", () => {
    const idle = DEVIATIONS.filter(
      ([pattern]) => !inside.some((result) => result.failure !== undefined && pattern.test(nameOf(result))),
    );
    expect(idle).toEqual([]);
  });

  test("passes for at least nine in ten of what the language has, which is most of CEL without messages", () => {
    const passed = inside.filter((result) => result.failure === undefined);
    expect(passed.length / inside.length).toBeGreaterThan(0.9);
    expect(inside.length).toBeGreaterThan(800);
  });

  test("is reported in the reference", async () => {
    await expect(report(results)).toMatchFileSnapshot("../../docs/reference/cel-conformance.md");
  });
});
