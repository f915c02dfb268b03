import { describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.js";
import type { Verb } from "../../src/core/outside.js";
import { verbCame } from "../../src/core/outside.js";
import { LIMITS } from "../../src/core/plan.js";
import { recover } from "../../src/core/recover.js";
import { nextWake } from "../../src/core/timers.js";
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

/** Succeeds at its second try; its undo fails once, and then takes its time. */
const timed = { ...undo({ ...retry(), timeout: 700 }), ...retry() };
const slowUndo = {
  work: ({ path, attempt, isUndo }: Call): Answer => {
    if (path === "d") return { fail: "no" };
    if (attempt === 1) return { fail: "busy", retryable: true };
    return isUndo ? "hang" : { outputs: { id: path } };
  },
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

  it("ends a try to undo when its own time is over, whatever the tries before it left behind", () => {
    const events = new Simulation(plan("a -> d", { a: timed, d: all.d }), slowUndo).run(40).events;
    const second = events.findIndex((event) => event.type === "compensationStarted" && event.attempt === 2);
    const started = events[second]?.at ?? 0;
    const folded = new Simulation(plan("a -> d", { a: timed, d: all.d }), slowUndo, events.slice(0, second + 1));
    expect(nextWake(folded.state)).toBe(started + 700);
  });

  it("tries an undo again whose time came while there was no slot, though the clock was set back since", () => {
    const { events } = new Simulation(plan("a -> d", { a: timed, d: all.d }), slowUndo).run(40);
    const upTo = events.findIndex((event) => event.type === "compensationFailed");
    const { state, context } = new Simulation(
      plan("a -> d", { a: timed, d: all.d }),
      slowUndo,
      events.slice(0, upTo + 1),
    );
    const due = state.rollback?.retryAt ?? 0;
    expect(due).toBeGreaterThan(0);
    expect(decide(state, { ...context, now: due }, 0)).toBeUndefined();
    expect(decide(state, { ...context, now: due - 1 }, 1)).toMatchObject({ kind: "perform" });
  });

  it("does not count tries lost with their process as tries, and gives up on one that is lost again and again", () => {
    const one = plan("a -> d", { a: timed, d: all.d });
    const { events } = new Simulation(one, slowUndo).run(40);
    const upTo = events.findIndex(({ type }) => type === "compensationStarted");
    const again = new Simulation(one, slowUndo, events.slice(0, upTo + 1));
    let lost = 0;
    for (; again.state.rollback?.current !== null && lost < 20; lost++) {
      again.record(recover(again.state, again.context));
      const { rollback } = again.state;
      if (rollback?.current == null) continue;
      const attempt = rollback.attempt + 1;
      again.record([{ type: "compensationStarted", at: again.now, stage: "a", attempt }]);
    }
    expect(lost).toBe(LIMITS.losses);
    expect(again.state.rollback?.left).toEqual(["a"]);
  });

  it("runs finally afterwards", () => {
    const tidy = { finally: workflowPlan("tidy", { tidy: { with: { status: "${{ run.status }}" } } }).graph };
    const script = ids(({ path }) => (path === "d" ? { fail: "no" } : undefined));
    const run = new Simulation(plan("a -> d", { a: all.a, d: all.d }, tidy), script).run();
    expect(run.calls.at(-1)).toMatchObject({ path: "finally/tidy", input: { status: "rolledBack" } });
    expect(run.state.end?.status).toBe("rolledBack");
  });
});
