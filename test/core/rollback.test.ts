import { describe, expect, it } from "vitest";
import type { Verb } from "../../src/core/outside.js";
import { verbCame } from "../../src/core/outside.js";
import { plan, workflowPlan } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";

const retry = (more: object = {}) => ({
  retry: {
    maxAttempts: 3,
    delay: 100,
    backoff: "fixed" as const,
    factor: 2,
    maxDelay: 10_000,
    jitter: "none" as const,
    ...more,
  },
});
const undo = (more: object = {}) => ({ compensate: { uses: "work", with: { of: "${{ result.id }}" }, ...more } });
const verb = (wanted: Verb) => {
  let isSaid = false;
  return (state: Parameters<typeof verbCame>[0], context: Parameters<typeof verbCame>[2]) => {
    if (isSaid) return undefined;
    isSaid = true;
    const events = verbCame(state, wanted, context);
    if ("refused" in events) throw new Error(events.refused);
    return events;
  };
};

describe("rollback", () => {
  const all = {
    a: undo(),
    b: undo(),
    c: undo({ retry: retry().retry }),
    d: { onError: [{ do: "rollback" as const }] },
  };
  const ids = (more: (call: Call) => Answer | undefined) => ({
    work: (call: Call): Answer => more(call) ?? { outputs: { id: call.path } },
  });

  it("undoes what succeeded, newest first, and ends rolledBack", () => {
    const run = new Simulation(
      plan("a -> b -> c -> d", all),
      ids(({ path }) => (path === "d" ? { fail: "no" } : undefined)),
    ).run();
    expect(run.calls.filter(({ isUndo }) => isUndo).map(({ path, input }) => [path, input["of"]])).toEqual([
      ["c", "c"],
      ["b", "b"],
      ["a", "a"],
    ]);
    expect(run.state.end).toMatchObject({ status: "rolledBack", error: { code: "no" } });
  });

  it("retries an undo, goes on past one that fails, and lists what is left to a person", () => {
    const script = ids(({ path, isUndo }) => {
      if (path === "d") return { fail: "no" };
      return isUndo && path !== "a" ? { fail: "stuck", retryable: true } : undefined;
    });
    const run = new Simulation(plan("a -> b -> c -> d", all), script).run();
    expect(run.calls.filter(({ isUndo }) => isUndo).map(({ path }) => path)).toEqual(["c", "c", "c", "b", "a"]);
    expect(run.state.end?.status).toBe("rollbackFailed");
    expect(run.events.at(-1)).toMatchObject({ type: "runEnded", left: ["c", "b"] });
  });

  it("waits for effects in flight, and undoes them too when they succeed", () => {
    const script = {
      work: ({ path, isUndo }: Call): Answer => {
        if (path === "bad") return { fail: "no" };
        return path === "slow" && !isUndo ? "hang" : { outputs: { id: path } };
      },
    };
    const specs = { slow: undo(), bad: { onError: [{ do: "rollback" as const }] } };
    const run = new Simulation(plan("slow, bad", specs), script).run();
    expect(run.state.phase).toBe("rollback");
    expect(run.outcomes["slow"]).toBe("running");
    const stage = run.state.stages.get("slow");
    run.record([{ type: "stageEnded", at: run.now, stage: "slow", outcome: "succeeded", outputs: { id: "late" } }]);
    expect(stage?.outcome).toBe("succeeded");
    run.run();
    expect(run.calls.at(-1)).toMatchObject({ path: "slow", isUndo: true, input: { of: "late" } });
    expect(run.state.end?.status).toBe("rolledBack");
  });

  it("undoes a group that has a compensate of its own as one", () => {
    const specs = {
      g: { stages: { x: undo(), y: { ...undo(), needs: ["x"] } }, ...undo({ with: { whole: true } }) },
      z: all.d,
    };
    const script = ids(({ path }) => (path === "z" ? { fail: "no" } : undefined));
    const run = new Simulation(plan("g -> z", specs), script).run();
    expect(run.calls.filter(({ isUndo }) => isUndo).map(({ path }) => path)).toEqual(["g"]);
  });

  it("on a person's word", () => {
    const script = {
      ...ids(({ path }) => (path === "b" ? "hang" : undefined)),
      outside: verb({ type: "cancel", by: "ann" }),
    };
    const cancelled = new Simulation(plan("a -> b", { a: undo() }), script).run();
    expect(cancelled.state.end?.status).toBe("cancelled");
    expect(cancelled.calls.some(({ isUndo }) => isUndo)).toBe(false);
    const pausing = { ...ids(() => undefined), outside: verb({ type: "rollback", by: "ann" }) };
    const gate = { kind: "wait" as const, outcomes: ["approved"] };
    const undone = new Simulation(plan("a -> gate", { a: undo(), gate }), pausing).run();
    expect(undone.state.end?.status).toBe("rolledBack");
    expect(undone.outcomes).toMatchObject({ gate: "cancelled" });
  });

  it("runs finally afterwards", () => {
    const tidy = { finally: workflowPlan("tidy", { tidy: { with: { status: "${{ run.status }}" } } }).graph };
    const script = ids(({ path }) => (path === "d" ? { fail: "no" } : undefined));
    const run = new Simulation(plan("a -> d", { a: all.a, d: all.d }, tidy), script).run();
    expect(run.calls.at(-1)).toMatchObject({ path: "finally/tidy", input: { status: "rolledBack" } });
    expect(run.state.end?.status).toBe("rolledBack");
  });
});
