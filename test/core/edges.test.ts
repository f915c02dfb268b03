import { describe, expect, it } from "vitest";
import { plan } from "../support/plan.js";
import { type Answer, Simulation } from "../support/simulate.js";

const fails = (...paths: string[]) => ({
  work: ({ path }: { path: string }): Answer => (paths.includes(path) ? { fail: "boom" } : {}),
});
const ends = (outcomes: Record<string, string>) => ({
  work: ({ path }: { path: string }): Answer => (path in outcomes ? { outcome: outcomes[path] as string } : {}),
});
const named = (...outcomes: string[]) => ({ outcomes });

describe("needs", () => {
  it("runs a stage once everything it needs has succeeded, and not before", () => {
    const run = new Simulation(plan("a -> c, b -> c, c -> d")).run();
    expect(run.order).toEqual(["a", "b", "c", "d"]);
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("omits what stands behind a failure, all the way down, and leaves independent branches alone", () => {
    const run = new Simulation(plan("a -> b -> c, x -> y"), fails("a")).run();
    expect(run.outcomes).toEqual({ a: "failed", b: "omitted", c: "omitted", x: "succeeded", y: "succeeded" });
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "boom", details: { stage: "a" } } });
  });

  it("follows the outcome an edge names and omits the others", () => {
    const specs = { gate: named("approved", "rejected") };
    const run = new Simulation(
      plan("gate.approved -> pay, gate.rejected -> refuse", specs),
      ends({ gate: "approved" }),
    ).run();
    expect(run.outcomes).toEqual({ gate: "approved", pay: "succeeded", refuse: "omitted" });
  });

  it("lets a plain edge pass a stage its own `if` skipped", () => {
    const run = new Simulation(plan("a -> b", { a: { if: false } })).run();
    expect(run.outcomes).toEqual({ a: "skipped", b: "succeeded" });
  });

  it("takes a failure that some stage follows for handled", () => {
    const run = new Simulation(plan("a -> b, a.failed -> mend"), fails("a")).run();
    expect(run.outcomes).toEqual({ a: "failed", b: "omitted", mend: "succeeded" });
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("lets `done` pass every end but omission", () => {
    const failed = new Simulation(plan("a.done -> b"), fails("a")).run();
    expect(failed.outcomes).toEqual({ a: "failed", b: "succeeded" });
    const omitted = new Simulation(plan("a -> b, b.done -> c"), fails("a")).run();
    expect(omitted.outcomes["c"]).toBe("omitted");
  });

  it("starts an anyOf at once when enough of its edges hold, without waiting for the rest", () => {
    const specs = { join: { needs: [{ anyOf: ["fast", "slow"] }] } };
    const script = { work: ({ path }: { path: string }): Answer => (path === "slow" ? "hang" : {}) };
    const run = new Simulation(plan("fast, slow", specs), script).run();
    expect(run.outcomes).toEqual({ fast: "succeeded", slow: "running", join: "succeeded" });
  });

  it("omits an anyOf as soon as too few of its edges still can hold", () => {
    const specs = { join: { needs: [{ anyOf: ["a", "b", "c"], count: 2 }] } };
    expect(new Simulation(plan("a, b, c", specs), fails("a")).run().outcomes["join"]).toBe("succeeded");
    const both = new Simulation(plan("a, b, c", specs), fails("a", "b")).run();
    expect(both.outcomes["join"]).toBe("omitted");
  });

  it("cancels the rest of an anyOf when asked to", () => {
    const specs = { join: { needs: [{ anyOf: ["fast", "slow"], rest: "cancel" as const }] } };
    const script = { work: ({ path }: { path: string }): Answer => (path === "slow" ? "hang" : {}) };
    const run = new Simulation(plan("fast, slow, slow -> after", specs), script).run();
    expect(run.outcomes).toEqual({ fast: "succeeded", slow: "cancelled", after: "omitted", join: "succeeded" });
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("waits for every edge of a settled entry and needs one to hold", () => {
    const specs = { join: { needs: [{ settled: ["a", "b"] }] } };
    const run = new Simulation(plan("a, b, a.failed -> x, b.failed -> y", specs), fails("a")).run();
    expect(run.outcomes["join"]).toBe("succeeded");
    expect(run.order.indexOf("join")).toBeGreaterThan(run.order.indexOf("b"));
    const none = new Simulation(plan("a, b, a.failed -> x, b.failed -> y", specs), fails("a", "b")).run();
    expect(none.outcomes["join"]).toBe("omitted");
  });

  it("counts two outcomes of one stage as two edges", () => {
    const specs = {
      gate: { ...named("approved", "rejected"), if: false },
      pay: { needs: [{ anyOf: ["gate.approved", "gate.skipped"] }] },
    };
    expect(new Simulation(plan("gate, pay", specs)).run().outcomes).toEqual({ gate: "skipped", pay: "succeeded" });
  });
});

describe("a gate", () => {
  const gate = { kind: "wait" as const, outcomes: ["approved", "rejected", "expired"] };
  const decide = (outcome: string) => ({
    wait: (_path: string, _input: unknown, now: number) => ({ timers: [{ outcome, at: now + 10 }] }),
  });

  it("whose rejection nobody follows fails the run with its own code", () => {
    const run = new Simulation(plan("gate.approved -> pay", { gate }), decide("rejected")).run();
    expect(run.outcomes).toEqual({ gate: "rejected", pay: "omitted" });
    expect(run.state.end?.error?.code).toBe("approval-rejected");
  });

  it("that expires unfollowed never counts as approval", () => {
    const run = new Simulation(plan("gate.approved -> pay", { gate }), decide("expired")).run();
    expect(run.outcomes["pay"]).toBe("omitted");
    expect(run.state.end?.error?.code).toBe("approval-expired");
  });

  it("whose rejection is followed ends well", () => {
    const run = new Simulation(
      plan("gate.approved -> pay, gate.rejected -> refuse", { gate }),
      decide("rejected"),
    ).run();
    expect(run.outcomes["refuse"]).toBe("succeeded");
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("inside a group in a forEach holds back what stands behind it", () => {
    const specs = {
      each: {
        forEach: { items: [1, 2], as: "item", concurrency: 2, tolerate: {} },
        stages: { gate, pay: { needs: ["gate.approved"] } },
      },
    };
    const waiting = new Simulation(plan("each", specs)).run();
    expect(waiting.outcomes).toMatchObject({
      "each[0]/gate": "waiting",
      "each[0]/pay": "pending",
      "each[1]/pay": "pending",
    });
    expect(waiting.calls).toEqual([]);
    expect(waiting.state.phase).toBe("main");
  });
});

describe("a failing branch", () => {
  it("with failFast lets what runs end and starts nothing new", () => {
    const script = fails("a");
    const run = new Simulation(plan("a, b -> c", {}, { failFast: true, maxParallel: 1 }), script).run();
    expect(run.outcomes).toEqual({ a: "failed", b: "cancelled", c: "omitted" });
  });
});
