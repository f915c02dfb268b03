import { travel } from "./edges.js";
import { bug, type Failure } from "./errors.js";
import type { Event, EventType } from "./event.js";
import { isHandled } from "./graph.js";
import { isRefused, outcomesOf, outputsOfChildren, tooManyFailed } from "./items.js";
import { isObject, type Json, type JsonObject } from "./json.js";
import { merged } from "./merge.js";
import { applyNudge, beginNudges } from "./nudge.js";
import type { Plan } from "./plan.js";
import { reopen } from "./reopen.js";
import { applyToRun } from "./run-events.js";
import {
  beginTimes,
  beginTotal,
  childrenOf,
  closeScope,
  makeReady,
  openFinally,
  openFrame,
  openItem,
  openIteration,
  openRun,
  openScope,
  pushTimer,
  takesPlace,
} from "./scope.js";
import type { Frame, RunState, StageState, StageStatus } from "./state.js";
import { addUsage } from "./usage.js";

type StageEvent = Extract<Event, { stage: string; type: keyof typeof LEGAL }>;
type Of<T extends EventType> = Extract<Event, { type: T }>;

/** The whole legality of a stage's history: in which statuses each event may befall it. Anything else is a corrupt journal. */
export const LEGAL = {
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
} as const satisfies Partial<Record<EventType, readonly StageStatus[]>>;

/** The state after `first`, which must be `runStarted`, and the events that follow. */
export function fold(plan: Plan, events: Iterable<Event>): RunState {
  let state: RunState | undefined;
  for (const event of events) {
    if (state !== undefined) apply(state, event);
    else if (event.type === "runStarted") state = openRun(plan, event);
    else throw bug(`a journal begins with runStarted, not ${event.type}`);
  }
  if (state === undefined) throw bug("a journal without events");
  return state;
}

/** Takes one fact into the state, in place. @throws StagecraftError `internal` when the fact cannot follow what is there */
export function apply(state: RunState, event: Event): void {
  if (state.phase === "ended" && event.type !== "runReopened") throw bug(`${event.type} after the run ended`);
  if (!Object.hasOwn(LEGAL, event.type)) {
    applyToRun(state, event);
    return;
  }
  const happening = event as StageEvent;
  const stage = state.stages.get(happening.stage);
  if (stage === undefined) throw bug(`${event.type} of an unknown stage ${happening.stage}`);
  const legal: readonly StageStatus[] = LEGAL[happening.type];
  if (!legal.includes(stage.status)) throw bug(`${event.type} of stage ${stage.path}, which is ${stage.status}`);
  (APPLY[happening.type] as (state: RunState, stage: StageState, event: StageEvent) => void)(state, stage, happening);
}

const APPLY: { readonly [T in keyof typeof LEGAL]: (state: RunState, stage: StageState, event: Of<T>) => void } = {
  stageQueued(state, stage, event) {
    state.queued.add(stage);
    stage.status = "queued";
    stage.queue = event.for;
    beginTotal(state, stage, event.at);
    stage.queuedAt ??= event.at;
  },

  stageStarted(state, stage, event) {
    begin(state, stage, event.attempt, event.at);
    stage.status = "running";
    state.active += 1;
  },

  scopeOpened(state, stage, event) {
    begin(state, stage, event.attempt, event.at);
    stage.status = "open";
    if (stage.role === "each") openItems(state, stage, event.items ?? []);
    else if (stage.role === "loop") openIteration(state, stage, 0, event.at, event.at);
    else openInner(state, stage, event.inputs);
  },

  iterationOpened(state, stage, event) {
    openIteration(state, stage, event.index, event.startAt, event.at);
  },

  finallyOpened(state, stage, event) {
    const frame = stage.inner?.frame;
    if (frame === undefined) throw bug(`finallyOpened of ${stage.path}, which runs no sub-workflow`);
    openFinally(state, frame, event.status);
  },

  stageWaiting(state, stage, event) {
    state.waits.add(stage);
    begin(state, stage, stage.attempts + 1, event.at);
    stage.status = "waiting";
    stage.waiting = event.waiting;
    // What was decided of an earlier request is no answer to this one.
    stage.decisions = null;
    for (const timer of event.waiting.timers ?? []) pushTimer(state, "wait", timer.at, stage, timer.outcome);
    if (event.waiting.approval !== undefined) beginNudges(state, stage, event.waiting.approval, event.at);
    if (takesPlace(stage)) state.active += 1;
  },

  approvalReminded: applyNudge,
  approvalEscalated: applyNudge,
  approversNotified: applyNudge,

  decisionMade(_state, stage, event) {
    stage.decisions = [...(stage.decisions ?? []), event.decision];
  },

  stepRecorded(_state, stage, event) {
    stage.records ??= new Map();
    stage.records.set(event.key, event.value);
    stage.usage = addUsage(stage.usage, event.usage);
  },

  attemptFailed(state, stage, event) {
    leavePlace(state, stage);
    stage.failures += 1;
    stage.error = event.error;
    // It may have come up, and been of no concern, while the stage was closing.
    if (stage.doom !== null && stage.totalAt !== null) pushTimer(state, "total", stage.totalAt, stage);
    stage.doom = null;
    stage.status = event.retryAt === undefined ? "held" : "retrying";
    if (event.retryAt === undefined) return;
    stage.retryAt = event.retryAt;
    pushTimer(state, "retry", event.retryAt, stage);
  },

  attemptLost(state, stage) {
    leavePlace(state, stage);
    stage.losses += 1;
    makeReady(state, stage);
  },

  stageClosing(state, stage, event) {
    stage.doom = { outcome: event.outcome, error: event.error ?? null, final: event.final };
    if (stage.inner !== null) closeScope(state, stage.inner);
    else for (const child of childrenOf(stage)) if (child.status !== "ended") state.doomed.push(child);
    state.attention.push(stage);
  },

  stageEnded(state, stage, event) {
    leavePlace(state, stage);
    stage.status = "ended";
    stage.outcome = event.outcome;
    stage.endedAt = event.at;
    stage.error = event.error ?? null;
    stage.outputs = event.outputs ?? outputsOfChildren(stage, event.outcome);
    stage.result = event.result;
    stage.explain = event.explain;
    stage.usage = addUsage(stage.usage, event.usage);
    stage.doom = null;
    state.counts.ended += 1;
    if (event.outcome === "failed") state.counts.failed += 1;
    if (event.set !== undefined) setValues(stage.scope.frame, event.set);
    if (stage.role === "body" && outcomesOf(stage).includes(event.outcome)) {
      if (stage.plan.compensate !== undefined) state.undoable.push(stage);
      if (stage.plan.kind === "end") meetFate(state, stage);
    }
    if (stage.parent !== null) leaveParent(state, stage, stage.parent);
    else leaveScope(state, stage);
  },

  stageRetried(state, stage, event) {
    reopen(state, stage, event.at);
  },
};

function begin(state: RunState, stage: StageState, attempt: number, at: number): void {
  leaveQueue(state, stage);
  stage.attempts = attempt;
  stage.retryAt = null;
  stage.startedAt ??= at;
  beginTimes(state, stage, at);
}

/** Whatever ran or waited here no longer does. */
function leavePlace(state: RunState, stage: StageState): void {
  leaveQueue(state, stage);
  if (stage.status === "waiting") state.waits.delete(stage);
  if (stage.status === "running" || (stage.status === "waiting" && takesPlace(stage))) state.active -= 1;
}

function leaveQueue(state: RunState, stage: StageState): void {
  if (stage.queue === null) return;
  state.queued.delete(stage);
  stage.queue = null;
}

function openItems(state: RunState, each: StageState, values: readonly Json[]): void {
  each.items = { values, states: [], ended: 0, succeeded: 0, failed: 0 };
  const first = Math.min(values.length, each.plan.forEach?.concurrency ?? 1);
  for (let position = 0; position < first; position++) openItem(state, each, position);
  if (values.length === 0) state.attention.push(each);
}

function openInner(state: RunState, stage: StageState, inputs: JsonObject | undefined): void {
  const again = stage.attempts > 1 ? `~${stage.attempts}` : "";
  const prefix = `${stage.path}${again}/`;
  if (stage.plan.calls === undefined) {
    stage.inner = openScope(state, stage.plan.graph ?? { stages: [] }, stage, stage.scope.frame, prefix);
  } else {
    const workflow = state.plan.called[stage.plan.calls];
    if (workflow === undefined) throw bug(`the plan lacks the sub-workflow ${stage.plan.calls}`);
    const frame = openFrame(workflow, inputs ?? {}, stage);
    stage.inner = openScope(state, workflow.graph, stage, frame, prefix);
    frame.root = stage.inner;
  }
  if (stage.inner.open === 0) state.attention.push(stage);
}

function setValues(frame: Frame, set: JsonObject): void {
  for (const [name, value] of Object.entries(set)) {
    frame.values[name] = merged(frame.workflow.state[name]?.merge, frame.values[name], value);
  }
}

/** An `end` stage ends what its frame runs, the run or a sub-workflow. */
function meetFate(state: RunState, stage: StageState): void {
  const { frame } = stage.scope;
  const outputs = isObject(stage.outputs) ? stage.outputs : {};
  const message = outputs["message"];
  frame.fate = {
    status: outputs["status"] as "succeeded" | "failed" | "cancelled",
    message: typeof message === "string" ? message : null,
    outputs: isObject(outputs["outputs"]) ? outputs["outputs"] : null,
  };
  if (frame.root !== null && state.phase === "main") closeScope(state, frame.root);
}

function leaveParent(state: RunState, stage: StageState, parent: StageState): void {
  const { items } = parent;
  if (items !== null) {
    items.ended += 1;
    // Nothing can follow the outcome of one item, so a gate that was not passed must count as what it is.
    if (stage.outcome === "failed" || isRefused(stage)) items.failed += 1;
    else if (stage.outcome !== "cancelled") items.succeeded += 1;
    const isGoingOn = parent.doom === null && !tooManyFailed(parent);
    if (isGoingOn && items.states.length < items.values.length) openItem(state, parent, items.states.length);
  }
  state.attention.push(parent);
}

function leaveScope(state: RunState, stage: StageState): void {
  const { scope } = stage;
  scope.open -= 1;
  if (!scope.closing) {
    scope.failure ??= unhandled(stage);
    travel(state, stage);
  }
  if (scope.open === 0 && scope.owner !== null) state.attention.push(scope.owner);
}

/** The failure nobody follows, if the stage ended with one: a failure, or an approval that was not given. */
function unhandled(stage: StageState): { stage: string; error: Failure } | null {
  const outcome = stage.outcome as string;
  if (isHandled(stage.plan, outcome)) return null;
  if (outcome === "failed") {
    const error = stage.error ?? { code: "failed", message: `stage ${stage.path} failed`, retryable: false };
    return { stage: stage.path, error };
  }
  if (!isRefused(stage)) return null;
  const code = outcome === "expired" ? "approval-expired" : "approval-rejected";
  const by = stage.decisions?.at(-1)?.by;
  const message = `${stage.path} ended ${outcome}${by === undefined ? "" : ` by ${by}`}, and no stage follows that outcome`;
  return { stage: stage.path, error: { code, message, retryable: false, details: { outcome } } };
}
