import { describe, expect, it } from "vitest";
import { verbCame } from "../../src/core/outside.js";
import { plan } from "../support/plan.js";
import { Simulation } from "../support/simulate.js";

const last = plan("bye").workflow.graph;

/** A person's verb, if it is still to be said. */
const say = (simulation: Simulation, type: "pause" | "resume") => {
  const events = verbCame(simulation.state, { type, by: "ann" }, simulation.context);
  if ("refused" in events) throw new Error(events.refused);
  simulation.record(events);
};

describe("a run that a person stopped", () => {
  it("and whose last stage ends meanwhile keeps its finally part until it is resumed", () => {
    const simulation = new Simulation(plan("a", {}, { finally: last }), { work: () => ({ after: 500 }) }).run(1);
    say(simulation, "pause");
    simulation.run();
    expect(simulation.outcomes).toEqual({ a: "succeeded" });
    expect(simulation.state.phase).toBe("main");
    say(simulation, "resume");
    simulation.run();
    expect(simulation.outcomes).toEqual({ a: "succeeded", "finally/bye": "succeeded" });
    expect(simulation.state.end?.status).toBe("succeeded");
  });

  it("over a loop that ran out of iterations gives it one more, and does none again", () => {
    const repeat = { until: "${{ repeat.index >= 2 }}", maxIterations: 2, delay: 0 };
    const specs = { draft: { repeat, onError: [{ do: "pause" as const }] } };
    const simulation = new Simulation(plan("draft", specs)).run();
    expect(simulation.state.paused?.reason).toContain("still not done after 2 iterations");
    say(simulation, "resume");
    simulation.run();
    expect(simulation.order).toEqual(["draft#0", "draft#1", "draft#2"]);
    expect(simulation.state.end?.status).toBe("succeeded");
  });
});
