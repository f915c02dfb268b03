import { describe, expect, it } from "vitest";
import type { Context } from "../../src/core/evaluate.js";
import { verbCame } from "../../src/core/outside.js";
import type { RunState } from "../../src/core/state.js";
import { plan } from "../support/plan.js";
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
const failing = (code: string, paths: readonly string[] = ["a"], more: object = { retryable: true }) => ({
  work: ({ path, isUndo }: Call): Answer => (paths.includes(path) && !isUndo ? { fail: code, ...more } : {}),
});

describe("retry", () => {
  it("tries a retryable error again until its attempts are used up, and waits in between", () => {
    const run = new Simulation(plan("a", { a: retry() }), failing("busy")).run();
    expect(run.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(run.now).toBe(1_200);
    expect(run.state.stages.get("a")).toMatchObject({ outcome: "failed", attempts: 3 });
  });

  it("leaves an error that is not retryable alone unless its code is listed", () => {
    expect(new Simulation(plan("a", { a: retry() }), failing("fatal", ["a"], {})).run().calls).toHaveLength(1);
    const listed = new Simulation(plan("a", { a: retry({ errors: ["fatal"] }) }), failing("fatal", ["a"], {})).run();
    expect(listed.calls).toHaveLength(3);
    const others = new Simulation(plan("a", { a: retry({ errors: ["fatal"] }) }), failing("busy")).run();
    expect(others.calls).toHaveLength(1);
  });

  it("grows exponentially up to its ceiling", () => {
    const more = { backoff: "exponential", maxAttempts: 5, maxDelay: 300 };
    expect(new Simulation(plan("a", { a: retry(more) }), failing("busy")).run().now).toBe(
      1_000 + 100 + 200 + 300 + 300,
    );
  });

  it("waits at least as long as the other side asked", () => {
    const run = new Simulation(
      plan("a", { a: retry({ maxAttempts: 2 }) }),
      failing("busy", ["a"], { retryable: true, retryAfter: 5_000 }),
    ).run();
    expect(run.now).toBe(6_000);
  });

  it("waits no longer than its longest delay, whatever the other side asked", () => {
    const error = { retryable: true, retryAfter: 3 * 24 * 60 * 60 * 1000 };
    const waiting = plan("a", { a: retry({ maxAttempts: 2, maxDelay: 60_000 }) });
    expect(new Simulation(waiting, failing("busy", ["a"], error)).run().now).toBe(61_000);
  });

  it("with full jitter stays within its delay and is the same on every replay", () => {
    const jittered = () =>
      new Simulation(plan("a", { a: retry({ jitter: "full", delay: 1_000 }) }), failing("busy")).run().now;
    expect(jittered()).toBe(jittered());
    expect(jittered()).toBeLessThan(3_000);
    expect(jittered()).toBeGreaterThan(1_000);
  });

  it("asks its condition, which sees the error", () => {
    const never = retry({ if: "${{ error.code != 'busy' }}" });
    expect(new Simulation(plan("a", { a: never }), failing("busy")).run().calls).toHaveLength(1);
  });

  it("does not hold one of the run's places while it waits", () => {
    const run = new Simulation(plan("a, b", { a: retry() }, { maxParallel: 1 }), failing("busy")).run();
    expect(run.order).toEqual(["a", "b", "a", "a"]);
  });
});

describe("time", () => {
  it("ends an attempt that takes too long, and tries again", () => {
    const work = ({ attempt }: Call): Answer => (attempt === 1 ? "hang" : {});
    const run = new Simulation(plan("a", { a: { timeout: 50, ...retry() } }), { work }).run();
    expect(run.outcomes["a"]).toBe("succeeded");
    expect(run.now).toBe(1_150);
  });

  it("ends the stage when its total time is over, retries and waits included", () => {
    const run = new Simulation(
      plan("a", { a: { totalTimeout: 150, ...retry({ maxAttempts: 99 }) } }),
      failing("busy"),
    ).run();
    expect(run.state.stages.get("a")).toMatchObject({ outcome: "failed", error: { code: "timeout" } });
    expect(run.now).toBe(1_150);
  });

  it("gives the stage its total time once more when a person gives it another try", () => {
    let isHeard = false;
    const outside = (state: RunState, context: Context) => {
      if (isHeard || state.stages.get("a")?.status !== "held") return undefined;
      isHeard = true;
      const events = verbCame(state, { type: "retry", by: "ann", stage: "a" }, context);
      return "refused" in events ? undefined : events;
    };
    const spec = { a: { totalTimeout: 150, onError: [{ do: "pause" as const }] } };
    const run = new Simulation(plan("a", spec), { work: () => "hang", outside }).run();
    expect(run.outcomes["a"]).toBe("held");
    const ends = run.events.filter(({ type }) => type === "attemptFailed");
    expect(ends.map(({ at }) => at)).toEqual([1_150, 1_300]);
  });

  it("ends the run when the run's time is over", () => {
    const run = new Simulation(plan("a -> b", {}, { timeout: 500 }), { work: () => "hang" }).run();
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "run-timeout" } });
    expect(run.outcomes).toEqual({ a: "cancelled", b: "cancelled" });
  });
});

describe("an expression that cannot be evaluated", () => {
  it.each([
    ["if", { if: "${{ inputs.nothing > 1 }}" }],
    ["with", { with: { x: "${{ inputs.nothing }}" } }],
    ["outputs", { outputs: { x: "${{ result.nothing }}" } }],
    ["a condition that is no boolean", { if: "${{ 'yes' }}" }],
  ])("in %s fails its stage and is never taken for false", (_where, spec) => {
    const run = new Simulation(plan("a -> b", { a: spec })).run();
    expect(run.outcomes).toEqual({ a: "failed", b: "omitted" });
    expect(run.state.stages.get("a")?.error?.code).toBe("expression-error");
  });

  it("in the run's outputs fails the run", () => {
    const run = new Simulation(plan("a", {}, { outputs: { x: "${{ stages.a.outputs.none }}" } })).run();
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "expression-error" } });
  });
});

describe("onError", () => {
  const rule = (verdict: string, more: object = {}) => ({ onError: [{ do: verdict as "skip", ...more }] });

  it("skip goes on with the fallback outputs, which may use the error", () => {
    const specs = {
      a: rule("skip", { outputs: { why: "${{ error.code }}" } }),
      b: { with: { why: "${{ stages.a.outputs.why }}" } },
    };
    const run = new Simulation(plan("a -> b", specs), failing("busy")).run();
    expect(run.outcomes).toEqual({ a: "skipped", b: "succeeded" });
    expect(run.calls.at(-1)?.input).toEqual({ why: "busy" });
  });

  it("takes the first rule that fits the error", () => {
    const onError = [
      { errors: ["other"], do: "fail" as const },
      { if: "${{ error.code == 'busy' }}", do: "skip" as const },
    ];
    expect(new Simulation(plan("a", { a: { onError } }), failing("busy")).run().outcomes["a"]).toBe("skipped");
    expect(new Simulation(plan("a", { a: { onError } }), failing("else")).run().outcomes["a"]).toBe("failed");
  });

  it("pause stops what is not begun until a person retries", () => {
    let broken = true;
    const work = ({ path }: Call): Answer => (path === "a" && broken ? { fail: "busy" } : {});
    const run = new Simulation(plan("a, x -> y", { a: rule("pause") }, { maxParallel: 1 }), { work }).run();
    expect(run.outcomes).toEqual({ a: "held", x: "ready", y: "pending" });
    broken = false;
    const events = verbCame(run.state, { type: "retry", by: "ann" }, run.context);
    run.record(events as never);
    run.run();
    expect(run.outcomes).toEqual({ a: "succeeded", x: "succeeded", y: "succeeded" });
  });

  it("pause lets a person skip instead", () => {
    const run = new Simulation(plan("a -> b", { a: rule("pause") }), failing("busy")).run();
    run.record(verbCame(run.state, { type: "skip", by: "ann", stage: "a", outputs: { n: 1 } }, run.context) as never);
    run.run();
    expect(run.outcomes).toEqual({ a: "skipped", b: "succeeded" });
    expect(verbCame(run.state, { type: "resume", by: "ann" }, run.context)).toHaveProperty("refused");
  });

  it("a person's retry of a held forEach repeats only the items that failed", () => {
    let broken = true;
    const work = ({ path }: Call): Answer => (path === "load[1]" && broken ? { fail: "busy" } : {});
    const spec = {
      forEach: { items: [1, 2, 3], as: "item", concurrency: 1, tolerate: { count: 0 } },
      ...rule("pause"),
    };
    const run = new Simulation(plan("load -> b", { load: spec }), { work }).run();
    expect(run.outcomes).toMatchObject({ load: "held" });
    broken = false;
    run.record(verbCame(run.state, { type: "retry", by: "ann", stage: "load" }, run.context) as never);
    run.run();
    expect(run.order).toEqual(["load[0]", "load[1]", "load[1]", "load[2]", "b"]);
    expect(run.state.stages.get("load")?.outputs).toMatchObject({ succeeded: 3, failed: 0 });
  });

  it("a person's retry of a held group repeats only what failed and what that kept from running", () => {
    let broken = true;
    const work = ({ path }: Call): Answer => (path === "g/y" && broken ? { fail: "busy" } : {});
    const run = new Simulation(plan("g -> b", { g: { stages: "x -> y -> z", ...rule("pause") } }), { work }).run();
    broken = false;
    run.record(verbCame(run.state, { type: "resume", by: "ann" }, run.context) as never);
    run.run();
    expect(run.order).toEqual(["g/x", "g/y", "g/y", "g/z", "b"]);
    expect(run.state.end?.status).toBe("succeeded");
  });
});

describe("state", () => {
  const fields = {
    total: { schema: { type: "number", default: 0 }, merge: "sum" as const },
    log: { schema: { type: "array", default: [] }, merge: "append" as const },
    tags: { schema: { type: "array", default: ["x"] }, merge: "union" as const },
    least: { schema: { type: "number", default: 5 }, merge: "min" as const },
    last: { schema: { type: "string" } },
  };

  it("merges what parallel stages set, without rounding money", () => {
    const set = {
      total: "${{ result.n }}",
      log: "${{ [result.n] }}",
      tags: "${{ ['x', 'y'] }}",
      least: "${{ result.n }}",
    };
    const work = ({ path }: Call): Answer => ({ outputs: { n: path === "a" ? 0.1 : 0.2 } });
    const outputs = { total: "${{ state.total }}" };
    const run = new Simulation(plan("a, b", { a: { set }, b: { set } }, { state: fields, outputs }), { work }).run();
    expect(run.state.frame.values).toEqual({ total: 0.3, log: [0.1, 0.2], tags: ["x", "y"], least: 0.1 });
    expect(run.state.end?.outputs).toEqual({ total: 0.3 });
  });

  it("refuses a value its schema does not allow", () => {
    const run = new Simulation(plan("a", { a: { set: { last: "${{ 7 }}" } } }, { state: fields })).run();
    expect(run.state.stages.get("a")?.error?.code).toBe("state-invalid");
    expect(run.state.frame.values).not.toHaveProperty("last");
  });
});
