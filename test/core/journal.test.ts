import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply, fold, LEGAL } from "../../src/core/apply.js";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { recover } from "../../src/core/recover.js";
import { LEGAL_IN } from "../../src/core/run-events.js";
import type { RunState, StageStatus } from "../../src/core/state.js";
import { viewStages } from "../../src/core/view.js";
import { plan, type StageSpec } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";

/** A definition that uses every mechanism, and a script under which all of them act. */
const retry = {
  maxAttempts: 2,
  delay: 10,
  backoff: "fixed" as const,
  factor: 1,
  maxDelay: 10,
  jitter: "none" as const,
};
const everything: Record<string, StageSpec> = {
  first: { retry },
  items: { needs: ["first"], forEach: { items: [1, 2, 3], as: "item", concurrency: 2, tolerate: { count: 1 } } },
  group: {
    needs: ["first"],
    stages: { x: {}, y: { needs: ["x"], retry } },
    outputs: { n: "${{ stages.x.outputs.n }}" },
    compensate: { uses: "work" },
  },
  loop: { needs: ["items"], repeat: { until: "${{ repeat.index == 1 }}", maxIterations: 3, delay: 5 } },
  gate: { needs: ["group"], kind: "wait", outcomes: ["approved", "rejected", "expired"] },
  pay: { needs: ["gate.expired", "loop"], compensate: { uses: "work", retry }, set: { paid: "${{ result.n }}" } },
  last: { needs: ["pay"], onError: [{ do: "rollback" }] },
};
const busy = plan("first", everything, { state: { paid: { schema: { type: "number", default: 0 }, merge: "sum" } } });
const script = {
  work({ path, attempt, isUndo }: Call): Answer {
    if (attempt === 1 && (path === "first" || path === "group/y" || (path === "pay" && isUndo)))
      return { fail: "busy", retryable: true };
    if (path === "items[1]" || path === "last") return { fail: "no" };
    return { outputs: { n: 1 } };
  },
  wait: (_path: string, _input: unknown, now: number) => ({ timers: [{ outcome: "expired", at: now + 1_000 }] }),
};

/** What must be the same however a state came about: everything but the scheduling queues. */
function snapshot(state: RunState) {
  const byPath = Object.fromEntries(viewStages(state).map((stage) => [stage.path, stage]));
  const { end, phase, active, counts } = state;
  return JSON.parse(JSON.stringify({ byPath, end, phase, active, counts, values: state.frame.values }));
}

describe("the journal", () => {
  it("folds to the state the run had, after every single event", () => {
    const run = new Simulation(busy, script).run();
    expect(run.state.end?.status).toBe("rolledBack");
    const replayed = fold(busy, run.events.slice(0, 1));
    for (const event of run.events.slice(1)) apply(replayed, event);
    expect(snapshot(replayed)).toEqual(snapshot(run.state));
  });

  it("cut after any write, as by a crash, resumes to the same end, and no stage succeeds twice", () => {
    const whole = new Simulation(busy, script).run();
    for (const cut of [1, ...whole.batches.slice(0, -1)]) {
      const resumed = new Simulation(busy, script, whole.events.slice(0, cut));
      resumed.record(recover(resumed.state, resumed.context));
      resumed.run();
      expect(resumed.state.end?.status, `cut after ${cut}`).toBe("rolledBack");
      const successes = resumed.events.filter((event) => event.type === "stageEnded" && event.outcome === "succeeded");
      const paths = successes.map((event) => (event as { stage: string }).stage);
      expect(new Set(paths).size, `cut after ${cut}`).toBe(paths.length);
      const started = new Map<string, number>();
      for (const { path, isUndo } of resumed.calls) if (!isUndo) started.set(path, (started.get(path) ?? 0) + 1);
      const kept = whole.events
        .slice(0, cut)
        .filter((event) => event.type === "stageEnded" && event.outcome !== "failed");
      for (const event of kept) expect(started.has((event as { stage: string }).stage), `cut after ${cut}`).toBe(false);
    }
  });

  it("on random graphs with random failures ends, keeps the order of edges, and resumes from every cut", () => {
    const arbitrary = fc.record({
      size: fc.integer({ min: 1, max: 12 }),
      edges: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 20 }),
      failing: fc.array(fc.nat(11), { maxLength: 3 }),
      maxParallel: fc.integer({ min: 1, max: 4 }),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(arbitrary, ({ size, edges, failing, maxParallel, cut }) => {
        const random = randomPlan(size, edges, maxParallel);
        const bad = new Set(failing.map((index) => `s${index}`));
        const answers = { work: ({ path }: Call): Answer => (bad.has(path) ? { fail: "no" } : {}) };
        const run = new Simulation(random, answers).run();
        expect(run.state.phase).toBe("ended");
        expect(run.widest).toBeLessThanOrEqual(maxParallel);
        keepsOrder(random, run.events);
        const from = run.batches[Math.floor(cut * run.batches.length)] ?? 1;
        const resumed = new Simulation(random, answers, run.events.slice(0, from));
        if (resumed.state.phase !== "ended") resumed.record(recover(resumed.state, resumed.context));
        expect(resumed.run().outcomes).toEqual(run.outcomes);
      }),
      { numRuns: 300 },
    );
  });
});

function randomPlan(size: number, pairs: readonly (readonly [number, number])[], maxParallel: number): Plan {
  const ids = Array.from({ length: size }, (_, index) => `s${index}`);
  const edges = pairs
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    .filter(([a, b]) => a < b && b < size)
    .map(([a, b]) => `s${a} -> s${b}`);
  return plan([...ids, ...new Set(edges)].join(","), {}, { maxParallel });
}

function keepsOrder(of: Plan, events: readonly Event[]): void {
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type === "stageStarted") {
      const stage = of.workflow.graph.stages.find(({ id }) => id === event.stage);
      for (const need of stage?.needs ?? []) {
        const before = of.workflow.graph.stages[need.edges[0]?.stage ?? -1];
        expect(ended.has(before?.id ?? "")).toBe(true);
      }
    }
    if (event.type === "stageEnded") ended.add(event.stage);
  }
}

describe("legality", () => {
  const at = 2_000;
  const error = { code: "x", message: "x", retryable: false };
  const samples: Record<keyof typeof LEGAL, Event> = {
    stageStarted: { type: "stageStarted", at, stage: "a", attempt: 1 },
    scopeOpened: { type: "scopeOpened", at, stage: "a", attempt: 1 },
    iterationOpened: { type: "iterationOpened", at, stage: "a", index: 1, startAt: at },
    finallyOpened: { type: "finallyOpened", at, stage: "a", status: "succeeded" },
    stageQueued: { type: "stageQueued", at, stage: "a", for: { kind: "place", group: "g" } },
    stageWaiting: { type: "stageWaiting", at, stage: "a", waiting: {} },
    decisionMade: { type: "decisionMade", at, stage: "a", decision: { by: "b", via: "cli", at, outcome: "approved" } },
    approvalReminded: { type: "approvalReminded", at, stage: "a", count: 1 },
    approvalEscalated: { type: "approvalEscalated", at, stage: "a", approvers: ["b"] },
    approversNotified: { type: "approversNotified", at, stage: "a", about: "opened" },
    stepRecorded: { type: "stepRecorded", at, stage: "a", key: "k", value: 1 },
    attemptFailed: { type: "attemptFailed", at, stage: "a", attempt: 1, error },
    attemptLost: { type: "attemptLost", at, stage: "a", attempt: 1 },
    stageClosing: { type: "stageClosing", at, stage: "a", outcome: "cancelled", final: true },
    stageEnded: { type: "stageEnded", at, stage: "a", outcome: "succeeded" },
    stageRetried: { type: "stageRetried", at, stage: "a", by: "b" },
  };
  const statuses: StageStatus[] = [
    ...(["pending", "ready", "queued", "running", "waiting", "retrying", "open", "held", "ended"] as const),
  ];

  it("is one table: an event befalls a stage in no other status", () => {
    for (const [type, event] of Object.entries(samples) as [keyof typeof LEGAL, Event][]) {
      for (const status of statuses) {
        const state = new Simulation(plan("a")).state;
        const stage = state.stages.get("a");
        if (stage === undefined) throw new Error("no stage a");
        stage.status = status;
        const isLegal = (LEGAL[type] as readonly string[]).includes(status);
        const verdict = isIllegal(state, event) ? "illegal" : "legal";
        expect(`${type} while ${status}: ${verdict}`).toBe(`${type} while ${status}: ${isLegal ? "legal" : "illegal"}`);
      }
    }
  });

  it("of a stage's history is exactly this", () => {
    expect(LEGAL).toEqual({
      stageQueued: ["ready", "retrying", "queued"],
      stageStarted: ["ready", "retrying", "queued"],
      scopeOpened: ["ready", "retrying", "queued"],
      iterationOpened: ["open"],
      finallyOpened: ["open"],
      stageWaiting: ["ready", "retrying", "queued"],
      decisionMade: ["waiting"],
      approvalReminded: ["waiting"],
      approvalEscalated: ["waiting"],
      approversNotified: ["waiting"],
      stepRecorded: ["running"],
      attemptFailed: ["running", "ready", "queued", "retrying", "waiting", "open"],
      attemptLost: ["running"],
      stageClosing: ["open"],
      stageEnded: ["pending", "ready", "queued", "running", "waiting", "retrying", "open", "held"],
      stageRetried: ["held"],
    });
  });

  it("of a run's history is exactly this, and nothing follows its end", () => {
    expect(LEGAL_IN).toEqual({
      runPaused: ["main"],
      runResumed: ["main"],
      budgetRaised: ["main"],
      runReopened: ["ended"],
      runForked: ["main"],
      runMigrated: ["main"],
      cancelRequested: ["main"],
      rollbackStarted: ["main"],
      compensationStarted: ["rollback"],
      compensationFailed: ["rollback"],
      compensated: ["rollback"],
      runEnding: ["main", "rollback"],
      runEnded: ["main", "rollback", "finally"],
    });
    const run = new Simulation(plan("a")).run();
    expect(() => apply(run.state, { type: "runPaused", at, by: "x", reason: "y" })).toThrow(/after the run ended/);
  });

  it("refuses a journal that does not begin with runStarted, and a stage nobody knows", () => {
    expect(() => fold(plan("a"), [samples.stageStarted])).toThrow(/begins with runStarted/);
    expect(() => apply(new Simulation(plan("a")).state, { ...samples.stageStarted, stage: "b" } as Event)).toThrow(
      /unknown stage b/,
    );
  });
});

/** A legal event may still find nothing to act on in a state forced by hand; only the table's own refusal counts. */
function isIllegal(state: RunState, event: Event): boolean {
  try {
    apply(state, event);
    return false;
  } catch (thrown) {
    return (thrown as Error).message.includes("of stage a, which is");
  }
}
