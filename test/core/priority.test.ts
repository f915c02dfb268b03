import { describe, expect, it } from "vitest";
import { plan } from "../support/plan.js";
import { Simulation } from "../support/simulate.js";

describe("priority", () => {
  it("says which of the effects that could start goes first, and the place in the file what is equal", () => {
    const narrow = plan("a, b, c, d, e", { c: { priority: 5 }, e: { priority: 5 }, a: { priority: -1 } });
    const one = { ...narrow, workflow: { ...narrow.workflow, maxParallel: 1 } };
    expect(new Simulation(one).run().order).toEqual(["c", "e", "b", "d", "a"]);
  });

  it("of a group is that of the stages in it that have none", () => {
    const group = { stages: { x: {}, y: { priority: 9 } }, priority: 3 };
    const narrow = plan("a, group", { group });
    const one = { ...narrow, workflow: { ...narrow.workflow, maxParallel: 1 } };
    expect(new Simulation(one).run().order).toEqual(["group/y", "group/x", "a"]);
  });
});
