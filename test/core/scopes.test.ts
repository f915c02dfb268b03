import { describe, expect, it } from "vitest";
import { plan, workflowPlan } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";

const each = (items: unknown, more: object = {}) => ({
  forEach: { items: items as never, as: "item", concurrency: 10, tolerate: {}, ...more },
});

describe("a group", () => {
  it("runs its graph and passes out what its outputs name", () => {
    const specs = {
      g: { stages: { x: {}, y: { needs: ["x"] } }, outputs: { sum: "${{ stages.x.outputs.n + stages.y.outputs.n }}" } },
    };
    const run = new Simulation(plan("a -> g -> b", specs), { work: () => ({ outputs: { n: 2 } }) }).run();
    expect(run.order).toEqual(["a", "g/x", "g/y", "b"]);
    expect(run.state.stages.get("g")?.outputs).toEqual({ sum: 4 });
  });

  it("fails with the first failure nobody inside handles", () => {
    const specs = { g: { stages: "x -> y" } };
    const run = new Simulation(plan("g -> b", specs), {
      work: ({ path }): Answer => (path === "g/x" ? { fail: "boom" } : {}),
    }).run();
    expect(run.outcomes).toEqual({ g: "failed", "g/x": "failed", "g/y": "omitted", b: "omitted" });
    expect(run.state.stages.get("g")?.error).toMatchObject({ code: "boom", message: "g/x: boom" });
  });

  it("is retried as one, in a fresh scope", () => {
    const retry = {
      maxAttempts: 2,
      delay: 5,
      backoff: "fixed" as const,
      factor: 1,
      maxDelay: 5,
      jitter: "none" as const,
    };
    const specs = { g: { stages: "x -> y", retry } };
    const work = ({ path }: Call): Answer => (path === "g/y" ? { fail: "boom", retryable: true } : {});
    const run = new Simulation(plan("g", specs), { work }).run();
    expect(run.order).toEqual(["g/x", "g/y", "g~2/x", "g~2/y"]);
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("that takes longer than its timeout cancels what is inside", () => {
    const specs = { g: { stages: "x -> y", timeout: 50 } };
    const run = new Simulation(plan("g, other", specs), {
      work: ({ path }): Answer => (path === "g/x" ? "hang" : {}),
    }).run();
    expect(run.outcomes).toEqual({ g: "failed", "g/x": "cancelled", "g/y": "cancelled", other: "succeeded" });
    expect(run.state.stages.get("g")?.error?.code).toBe("timeout");
  });

  it("without stages ends at once", () => {
    expect(new Simulation(plan("g -> b", { g: { stages: "" } })).run().outcomes).toEqual({
      g: "succeeded",
      b: "succeeded",
    });
  });
});

describe("forEach", () => {
  it("gives results in the order of the items, whatever ended first", () => {
    const specs = { load: { ...each("${{ inputs.list }}"), with: { n: "${{ item * 10 + index }}" } } };
    const run = new Simulation(plan("load -> b", specs), {
      inputs: { list: [1, 2, 3] },
      work: ({ input }) => ({ outputs: input }),
    }).run();
    expect(run.state.stages.get("load")?.outputs).toEqual({
      results: [10, 21, 32].map((n) => ({ outcome: "succeeded", outputs: { n } })),
      succeeded: 3,
      failed: 0,
    });
    expect(run.outcomes["b"]).toBe("succeeded");
  });

  it("keeps to its concurrency", () => {
    const run = new Simulation(plan("load", { load: each([1, 2, 3, 4, 5], { concurrency: 2 }) })).run();
    expect(run.widest).toBe(2);
    expect(run.calls).toHaveLength(5);
  });

  it("hands out batches", () => {
    const specs = { load: { ...each([1, 2, 3, 4, 5], { batchSize: 2 }), with: { rows: "${{ item }}" } } };
    const run = new Simulation(plan("load", specs)).run();
    expect(run.calls.map(({ input }) => input["rows"])).toEqual([[1, 2], [3, 4], [5]]);
  });

  it("fails on the first failure unless it tolerates some, and cancels what is left", () => {
    const work = ({ path }: Call): Answer => (path === "load[0]" ? { fail: "boom" } : path === "load[2]" ? "hang" : {});
    const run = new Simulation(plan("load -> b", { load: each([1, 2, 3]) }), { work }).run();
    expect(run.outcomes).toMatchObject({ load: "failed", "load[0]": "failed", b: "omitted" });
    expect(run.state.stages.get("load")?.error).toMatchObject({ code: "too-many-failures" });
    expect(run.outcomes["load[2]"]).toBe("cancelled");
  });

  it("tolerates as many failures as it says, by count or percent", () => {
    const work = ({ path }: Call): Answer => (["load[0]", "load[1]"].includes(path) ? { fail: "boom" } : {});
    const two = new Simulation(plan("load", { load: each([1, 2, 3, 4], { tolerate: { count: 2 } }) }), { work }).run();
    expect(two.state.stages.get("load")?.outputs).toMatchObject({ succeeded: 2, failed: 2 });
    const percent = new Simulation(plan("load", { load: each([1, 2, 3, 4], { tolerate: { percent: 50 } }) }), {
      work,
    }).run();
    expect(percent.outcomes["load"]).toBe("succeeded");
    const one = new Simulation(plan("load", { load: each([1, 2, 3, 4], { tolerate: { count: 1 } }) }), { work }).run();
    expect(one.outcomes["load"]).toBe("failed");
  });

  it("ends early when completeWhen says so, and shows what was not run as cancelled", () => {
    const specs = { load: each([1, 2, 3, 4], { concurrency: 1, completeWhen: "${{ succeeded >= 2 }}" }) };
    const run = new Simulation(plan("load", specs)).run();
    expect(run.calls).toHaveLength(2);
    expect(run.state.stages.get("load")).toMatchObject({ outcome: "succeeded" });
    expect(JSON.stringify(run.state.stages.get("load")?.outputs)).toContain('"cancelled"');
  });

  it("over nothing ends at once with empty results", () => {
    const run = new Simulation(plan("load -> b", { load: each([]) })).run();
    expect(run.state.stages.get("load")?.outputs).toEqual({ results: [], succeeded: 0, failed: 0 });
  });

  it("over what is no list fails its stage", () => {
    const run = new Simulation(plan("load", { load: each("${{ 'text' }}") })).run();
    expect(run.state.stages.get("load")?.error?.code).toBe("items-not-list");
  });

  it("nests: groups in items, items in groups, names from both in scope", () => {
    const inner = { ...each(["x", "y"], { as: "letter" }), with: { text: "${{ string(number) + letter }}" } };
    const specs = { outer: { ...each([1, 2], { as: "number" }), stages: { inner } } };
    const run = new Simulation(plan("outer", specs)).run();
    expect(run.calls.map(({ input }) => input["text"]).sort()).toEqual(["1x", "1y", "2x", "2y"]);
    expect(run.order[0]).toBe("outer[0]/inner[0]");
  });
});

describe("repeat", () => {
  const until = { until: "${{ result.score >= 3 }}", maxIterations: 5, delay: 0 };

  it("runs until its condition holds, seeing the iteration before", () => {
    const specs = {
      draft: { repeat: until, with: { index: "${{ repeat.index }}", before: "${{ repeat.previous }}" } },
    };
    const work = ({ input }: Call): Answer => ({ outputs: { score: (input["index"] as number) + 1 } });
    const run = new Simulation(plan("draft", specs), { work }).run();
    expect(run.calls.map(({ input }) => input)).toEqual([
      { index: 0, before: null },
      { index: 1, before: { score: 1 } },
      { index: 2, before: { score: 2 } },
    ]);
    expect(run.state.stages.get("draft")?.outputs).toEqual({ score: 3 });
  });

  it("fails when its iterations are used up", () => {
    const run = new Simulation(plan("draft", { draft: { repeat: until } }), {
      work: () => ({ outputs: { score: 0 } }),
    }).run();
    expect(run.calls).toHaveLength(5);
    expect(run.state.stages.get("draft")?.error?.code).toBe("repeat-exhausted");
  });

  it("without a condition runs so many times, waiting in between", () => {
    const run = new Simulation(plan("poll", { poll: { repeat: { maxIterations: 3, delay: 100 } } })).run();
    expect(run.calls).toHaveLength(3);
    expect(run.now).toBe(1_200);
    expect(run.outcomes["poll"]).toBe("succeeded");
  });

  it("of a group sees the inner stages in its condition", () => {
    const repeat = { until: "${{ stages.critic.outputs.ok }}", maxIterations: 3, delay: 0 };
    const specs = { loop: { repeat, stages: "write -> critic" } };
    const work = ({ path }: Call): Answer => ({ outputs: { ok: path.startsWith("loop#1") } });
    const run = new Simulation(plan("loop", specs), { work }).run();
    expect(run.order).toEqual(["loop#0/write", "loop#0/critic", "loop#1/write", "loop#1/critic"]);
  });
});

describe("a sub-workflow", () => {
  const called = workflowPlan(
    "look",
    { look: { with: { name: "${{ inputs.name }}" } } },
    {
      id: "lookup",
      inputs: { name: { type: "string" }, depth: { type: "number", default: 2 } },
      outputs: { found: "${{ stages.look.outputs.n + inputs.depth }}" },
    },
  );
  const sub = { uses: "workflow", kind: "workflow" as const, calls: "lookup" };

  it("has inputs, state and outputs of its own", () => {
    const specs = { sub: { ...sub, with: { workflow: "lookup", inputs: { name: "${{ inputs.who }}" } } } };
    const run = new Simulation(plan("sub -> b", specs, {}, { lookup: called }), {
      inputs: { who: "ann" },
      work: () => ({ outputs: { n: 40 } }),
    }).run();
    expect(run.calls[0]).toMatchObject({ path: "sub/look", input: { name: "ann" } });
    expect(run.state.stages.get("sub")?.outputs).toEqual({ found: 42 });
  });

  it("called with a wrong or missing input fails its stage and runs nothing", () => {
    const specs = { sub: { ...sub, with: { workflow: "lookup", inputs: { name: 7 } } } };
    const run = new Simulation(plan("sub", specs, {}, { lookup: called })).run();
    expect(run.state.stages.get("sub")?.error?.code).toBe("invalid-input");
    expect(run.calls).toEqual([]);
  });

  it("runs its own finally before its stage ends", () => {
    const withFinally = {
      ...called,
      outputs: {},
      finally: workflowPlan("tidy", { tidy: { with: { was: "${{ run.status }}" } } }).graph,
    };
    const specs = { sub: { ...sub, with: { workflow: "lookup", inputs: { name: "x" } } } };
    const work = ({ path }: Call): Answer => (path === "sub/look" ? { fail: "boom" } : {});
    const run = new Simulation(plan("sub", specs, {}, { lookup: withFinally }), { work }).run();
    expect(run.calls.at(-1)).toMatchObject({ path: "sub/finally/tidy", input: { was: "failed" } });
    expect(run.outcomes["sub"]).toBe("failed");
  });
});

describe("end", () => {
  const stop = (status: string) => ({
    uses: "end",
    kind: "end" as const,
    with: { status, message: "enough", outputs: { why: "x" } },
  });

  it("ends the run with its status and cancels what is still under way", () => {
    const specs = { stop: { ...stop("succeeded"), needs: ["a"] } };
    const run = new Simulation(plan("a, slow, slow -> later", specs), {
      work: ({ path }): Answer => (path === "slow" ? "hang" : {}),
    }).run();
    expect(run.outcomes).toMatchObject({ stop: "succeeded", slow: "cancelled", later: "cancelled" });
    expect(run.state.end).toMatchObject({ status: "succeeded", outputs: { why: "x" } });
  });

  it("with failed makes the run fail and says why", () => {
    const run = new Simulation(plan("a -> stop", { stop: stop("failed") })).run();
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "ended-failed", message: "enough" } });
  });
});

describe("finally", () => {
  const tidy = {
    finally: workflowPlan("tidy", { tidy: { with: { status: "${{ run.status }}", a: "${{ stages.a.outcome }}" } } })
      .graph,
  };

  it("runs whatever happened, and knows what", () => {
    const run = new Simulation(plan("a", {}, tidy), {
      work: ({ path }): Answer => (path === "a" ? { fail: "boom" } : {}),
    }).run();
    expect(run.calls.at(-1)).toMatchObject({ path: "finally/tidy", input: { status: "failed", a: "failed" } });
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "boom" } });
  });

  it("that fails ends a success, and never turns a failure into one", () => {
    const run = new Simulation(plan("a", {}, tidy), {
      work: ({ path }): Answer => (path === "finally/tidy" ? { fail: "late" } : {}),
    }).run();
    expect(run.state.end).toMatchObject({ status: "failed", error: { code: "late" } });
  });
});
