import { describe, expect, it } from "vitest";
import { fold } from "../../src/core/apply.js";
import type { Event } from "../../src/core/event.js";
import { sharedEvents } from "../../src/core/fork.js";
import { type Verb, verbCame } from "../../src/core/outside.js";
import { plan, workflowPlan } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";

const undo = { compensate: { uses: "work" } };
const tidy = { finally: workflowPlan("tidy", { tidy: { with: { status: "${{ run.status }}" } } }).graph };

/** A run whose stages fail while `broken` names them. */
function failing(...paths: string[]) {
  const broken = new Set(paths);
  return { broken, work: ({ path }: Call): Answer => (broken.has(path) ? { fail: "busy" } : {}) };
}

function say(run: Simulation, verb: Verb): void {
  const events = verbCame(run.state, verb, run.context);
  if ("refused" in events) throw new Error(events.refused);
  run.record(events);
  run.run();
}

describe("a run that failed", () => {
  it("retried goes on from what failed, and repeats nothing that had succeeded", () => {
    const script = failing("b");
    const run = new Simulation(plan("a -> b -> c, x"), script).run();
    expect(run.state.end?.status).toBe("failed");
    script.broken.clear();
    say(run, { type: "retry", by: "ann" });
    expect(run.outcomes).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded", x: "succeeded" });
    expect(run.order).toEqual(["a", "x", "b", "b", "c"]);
    expect(run.state.end?.status).toBe("succeeded");
    expect(fold(run.state.plan, run.events).end).toEqual(run.state.end);
  });

  it("for want of time has its time anew, here and wherever it is taken up", () => {
    const graph = plan("g", { g: { stages: "a", timeout: 1_000 } });
    const script = { work: (): Answer => "hang" };
    const run = new Simulation(graph, script).run();
    say(run, { type: "retry", by: "ann" });
    const again = run.events.findIndex(({ type }) => type === "runResumed");
    const elsewhere = new Simulation(graph, script, run.events.slice(0, again + 1)).run();
    const began = run.events[0]?.at ?? 0;
    for (const { events } of [run, elsewhere]) {
      const ends = events.filter(({ type }) => type === "runEnded").map(({ at }) => at - began);
      expect(ends).toEqual([1_000, 2_000]);
    }
  });

  it("and is taken up by another process goes on as it would have here", () => {
    const script = failing("b", "g/b");
    const graph = plan("a -> b -> c -> d, g -> e", { g: { stages: "a -> b -> c", onError: [{ do: "pause" }] } });
    const first = new Simulation(graph, script).run();
    const inGroup = new Simulation(graph, script, first.events);
    inGroup.record([{ type: "stageRetried", at: 0, stage: "g", by: "ann" }]);
    inGroup.record([{ type: "runResumed", at: 0, by: "ann" }]);
    script.broken.clear();
    inGroup.run();
    expect(inGroup.outcomes).toMatchObject({ "g/b": "succeeded", "g/c": "succeeded", e: "succeeded" });
    const run = new Simulation(graph, script, inGroup.events);
    say(run, { type: "retry", by: "ann" });
    const all = { a: "succeeded", b: "succeeded", c: "succeeded", d: "succeeded", g: "succeeded", e: "succeeded" };
    expect(run.outcomes).toMatchObject(all);
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("may have one failure retried and another skipped", () => {
    const script = failing("a", "b");
    const run = new Simulation(plan("a -> x, b -> y"), script).run();
    script.broken.clear();
    say(run, { type: "skip", by: "ann", stage: "a", outputs: { n: 1 } });
    expect(run.state.phase).toBe("main");
    expect(run.outcomes).toMatchObject({ a: "skipped", b: "held" });
    say(run, { type: "retry", by: "ann", stage: "b" });
    expect(run.outcomes).toEqual({ a: "skipped", b: "succeeded", x: "succeeded", y: "succeeded" });
  });

  it("may be rolled back instead", () => {
    const run = new Simulation(plan("a -> b", { a: undo }), failing("b")).run();
    say(run, { type: "rollback", by: "ann" });
    expect(run.state.end?.status).toBe("rolledBack");
    expect(run.calls.at(-1)).toMatchObject({ path: "a", isUndo: true });
  });

  it("runs its finally again when it ends again, in a scope of its own", () => {
    const script = failing("a");
    const run = new Simulation(plan("a", {}, tidy), script).run();
    script.broken.clear();
    say(run, { type: "retry", by: "ann" });
    const ends = run.calls.filter(({ path }) => path.startsWith("finally"));
    expect(ends.map(({ path, input }) => [path, input["status"]])).toEqual([
      ["finally/tidy", "failed"],
      ["finally~2/tidy", "succeeded"],
    ]);
  });

  it("goes on with what it had cancelled half-way, and does nothing of it twice", () => {
    const stages = {
      a: {},
      bad: { needs: ["a"] },
      list: { forEach: { items: [1, 2, 3], as: "item", concurrency: 1, tolerate: {} } },
      loop: { repeat: { maxIterations: 3, delay: 0 } },
      group: { stages: "x -> y -> z" },
    };
    const specs = { each: { stages, forEach: { items: [1, 2], as: "one", concurrency: 2, tolerate: {} } } };
    const script = failing("each[0]/bad");
    const run = new Simulation(plan("each", specs), script).run();
    const done = Object.keys(run.outcomes).filter((path) => run.outcomes[path] === "succeeded");
    expect(done).toEqual(expect.arrayContaining(["list[0]", "loop#0", "group/x"].map((path) => `each[1]/${path}`)));
    const cancelled = Object.keys(run.outcomes).filter((path) => run.outcomes[path] === "cancelled");
    expect(cancelled).toEqual(expect.arrayContaining(["list", "loop", "group"].map((name) => `each[1]/${name}`)));
    script.broken.clear();
    say(run, { type: "retry", by: "ann" });
    expect(run.state.end?.status).toBe("succeeded");
    const again = run.order.filter((path, at) => run.order.indexOf(path) !== at);
    expect(again.filter((path) => done.includes(path))).toEqual([]);
  });

  it("has its whole time again", () => {
    const script = failing("a");
    const run = new Simulation(plan("a", { a: { timeout: 1 } }, { timeout: 500 }), script).run();
    run.now += 10_000;
    script.broken.clear();
    say(run, { type: "retry", by: "ann" });
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("inside a group or sub-workflow is retried where it failed", () => {
    const called = workflowPlan("p -> q", {}, { id: "sub" });
    const specs = {
      g: { stages: "x -> y" },
      s: { uses: "workflow", kind: "workflow" as const, calls: "sub", needs: ["g"] },
    };
    const script = failing("g/y", "s/q");
    const run = new Simulation(plan("g", specs, {}, { sub: called }), script).run();
    script.broken.delete("g/y");
    say(run, { type: "retry", by: "ann" });
    expect(run.outcomes).toMatchObject({ g: "succeeded", s: "failed" });
    script.broken.clear();
    say(run, { type: "retry", by: "ann" });
    expect(run.order).toEqual(["g/x", "g/y", "g/y", "s/p", "s/q", "s/q"]);
    expect(run.state.end?.status).toBe("succeeded");
  });

  it("cannot be resumed, and one that ended well cannot be taken up at all", () => {
    const failed = new Simulation(plan("a"), failing("a")).run();
    expect(verbCame(failed.state, { type: "resume", by: "ann" }, failed.context)).toHaveProperty("refused");
    expect(verbCame(failed.state, { type: "retry", by: "ann", stage: "b" }, failed.context)).toEqual({
      refused: "stage b is not one that failed and waits (a)",
    });
    const done = new Simulation(plan("a")).run();
    expect(verbCame(done.state, { type: "retry", by: "ann" }, done.context)).toEqual({
      refused: "the run is over: it succeeded",
    });
  });
});

describe("a rollback that failed", () => {
  it("may be tried again, and undoes only what was left", () => {
    let isStuck = true;
    const work = ({ path, isUndo }: Call): Answer => {
      if (path === "c") return { fail: "no" };
      return isUndo && path === "a" && isStuck ? { fail: "stuck" } : {};
    };
    const run = new Simulation(plan("a -> b -> c", { a: undo, b: undo, c: { onError: [{ do: "rollback" }] } }), {
      work,
    }).run();
    expect(run.state.end?.status).toBe("rollbackFailed");
    isStuck = false;
    say(run, { type: "rollback", by: "ann" });
    expect(run.state.end?.status).toBe("rolledBack");
    expect(run.calls.filter(({ isUndo }) => isUndo).map(({ path }) => path)).toEqual(["b", "a", "a"]);
  });
});

describe("a fork", () => {
  it("shares what had ended before its stage and runs that and all that follows anew", () => {
    const specs = { g: { stages: "x -> y", needs: ["a"] }, other: { compensate: { uses: "work" } } };
    const run = new Simulation(plan("a -> b -> c, other", specs)).run();
    const shared = sharedEvents(run.state, run.events, "b");
    const [started] = run.events;
    const forked = { type: "runForked" as const, at: run.now, from: "run1", stage: "b", by: "ann" };
    const fork = new Simulation(run.state.plan, {}, [started as Event, ...shared, forked]).run();
    expect(fork.order).toEqual(["b", "c"]);
    expect(fork.outcomes).toEqual(run.outcomes);
    expect(fork.state.undoable).toEqual([]);
  });

  it("decides omission and failure anew", () => {
    const run = new Simulation(plan("a -> b, x -> y"), failing("x")).run();
    const shared = sharedEvents(run.state, run.events, "b");
    expect(new Set(shared.map((event) => (event as { stage: string }).stage))).toEqual(new Set(["a"]));
  });

  it("from a stage that is not there says which there are", () => {
    const run = new Simulation(plan("alpha -> beta")).run();
    expect(() => sharedEvents(run.state, run.events, "btea")).toThrow("there is no stage btea to fork from");
  });
});
