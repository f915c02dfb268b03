import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { plan, type StageSpec, workflowPlan } from "./plan.js";

const undo = { compensate: { uses: "work", timeout: 50 } };
const field = { merge: "last" as const, schema: { type: "integer", default: 1 } };

const specs: Record<string, StageSpec> = {
  eff: { ...undo, totalTimeout: 900 },
  other: undo,
  never: { needs: ["eff.failed"] },
  join: { needs: [{ anyOf: ["eff", "gate.approved"], count: 2 }] },
  gate: { uses: "gate", kind: "wait", outcomes: ["approved", "rejected"] },
  each: { forEach: { items: [1, 2, 3], as: "item", concurrency: 2, tolerate: { count: 1 } } },
  loop: { repeat: { maxIterations: 3, delay: 10 } },
  g: { stages: { x: {}, y: {} } },
  sub: { uses: "workflow", kind: "workflow", calls: "child" },
};

const child = workflowPlan(
  "stop, rest",
  { stop: { uses: "end", kind: "end" } },
  {
    ...{ id: "child", state: { n: field }, finally: workflowPlan("tidy").graph },
  },
);

const error = { code: "no", message: "no", retryable: true };
const usage = { provider: "p", model: "m", inputTokens: 1, outputTokens: 1, estimated: false, usd: null };
const approval = {
  ...{ title: "May it?", approvers: ["ann"], forbid: [], quorum: { approve: 2, reject: 1 }, outcomes: ["approved"] },
  ...{ remindEvery: 100, escalate: { at: 5_000, approvers: ["bob"] }, notify: "mail" },
};
const decision = { by: "ann", via: "cli", at: 1, outcome: "approved", shown: "" };
const begun: Untimed = {
  ...{ type: "runStarted", run: "r", by: "ann", definition: "d", inputs: { x: 1 } },
  ...{ provider: "p", priority: 1, trigger: { id: "t" }, traceparent: "00-1-2-01", parent: { run: "q", stage: "s" } },
};

/** An event before it is said when it happened. */
type Untimed = Event extends infer E ? (E extends Event ? Omit<E, "at"> : never) : never;

/** The work of a run in which everything happens. */
const work: readonly Untimed[] = [
  { type: "stageQueued", stage: "eff", for: { kind: "place", group: "erp" } },
  { type: "stageStarted", stage: "eff", attempt: 1 },
  { type: "stepRecorded", stage: "eff", key: "k", value: 1 },
  { type: "attemptLost", stage: "eff", attempt: 1 },
  { type: "stageStarted", stage: "eff", attempt: 2 },
  { type: "attemptFailed", stage: "eff", attempt: 2, error, retryAt: 1_100 },
  { type: "stageStarted", stage: "eff", attempt: 3 },
  { type: "stageWaiting", stage: "gate", waiting: { approval, timers: [{ outcome: "rejected", at: 9_000 }] } },
  { type: "approversNotified", stage: "gate", about: "opened" },
  { type: "approvalReminded", stage: "gate", count: 1 },
  { type: "decisionMade", stage: "gate", decision },
  {
    ...{ type: "stageEnded", stage: "eff", outcome: "succeeded", outputs: { a: 1 }, result: { b: 1 } },
    ...{ explain: { rows: [1] }, usage, set: { n: 5 } },
  },
  { type: "stageStarted", stage: "other", attempt: 1 },
  { type: "stageEnded", stage: "other", outcome: "succeeded" },
  { type: "scopeOpened", stage: "each", attempt: 1, items: [1, 2, 3] },
  { type: "stageStarted", stage: "each[0]", attempt: 1 },
  { type: "stageEnded", stage: "each[0]", outcome: "failed", error },
  { type: "stageStarted", stage: "each[1]", attempt: 1 },
  { type: "stageEnded", stage: "each[1]", outcome: "succeeded" },
  { type: "scopeOpened", stage: "loop", attempt: 1 },
  { type: "stageStarted", stage: "loop#0", attempt: 1 },
  { type: "stageEnded", stage: "loop#0", outcome: "succeeded", outputs: { n: 1 } },
  { type: "iterationOpened", stage: "loop", index: 1, startAt: 4_000 },
  { type: "stageStarted", stage: "loop#1", attempt: 1 },
  { type: "scopeOpened", stage: "g", attempt: 1 },
  { type: "stageStarted", stage: "g/x", attempt: 1 },
  { type: "stageEnded", stage: "g/x", outcome: "failed", error },
  { type: "stageClosing", stage: "g", outcome: "failed", error, final: true },
  { type: "scopeOpened", stage: "sub", attempt: 1, inputs: { y: 2 } },
  {
    type: "stageEnded",
    stage: "sub/stop",
    outcome: "succeeded",
    outputs: { status: "failed", message: "so", outputs: {} },
  },
  { type: "stageEnded", stage: "sub/rest", outcome: "cancelled" },
  { type: "finallyOpened", stage: "sub", status: "failed" },
  { type: "budgetRaised", by: "ann", usd: 5 },
  { type: "runPaused", by: "ann", reason: "lunch" },
  { type: "runResumed", by: "ann" },
];

const undoing: readonly Untimed[] = [
  { type: "rollbackStarted", by: "ann", reason: "so", error },
  { type: "compensationStarted", stage: "other", attempt: 1 },
  { type: "compensationFailed", stage: "other", attempt: 1, error: { ...error, code: "attempt-lost" }, retryAt: 2_000 },
  { type: "compensationStarted", stage: "other", attempt: 2 },
  { type: "compensationFailed", stage: "other", attempt: 2, error },
  { type: "compensationStarted", stage: "eff", attempt: 1 },
  { type: "compensated", stage: "eff" },
  { type: "runEnded", status: "rollbackFailed", error, left: ["other"] },
];

/** Plans and journals in which every field of a state comes to hold something. */
export function everything(): readonly (readonly [Plan, readonly Event[]])[] {
  const main = plan(Object.keys(specs).join(","), specs, { state: { n: field }, timeout: 9_000 }, { child });
  const timed = (events: readonly Untimed[]) => events.map((event, at) => ({ ...event, at: 1_000 + at }) as Event);
  return [
    [main, timed([begun, ...work, ...undoing])],
    [main, timed([begun, ...work, { type: "cancelRequested", by: "ann", reason: "no need", error }])],
  ];
}
