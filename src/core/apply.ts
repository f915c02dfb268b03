import { travel } from "./edges.js";
import { bug, errorJson, type Failure } from "./errors.js";
import type { Event, EventType } from "./event.js";
import { isHandled } from "./graph.js";
import { isObject, type Json, type JsonObject } from "./json.js";
import { merged } from "./merge.js";
import type { Plan } from "./plan.js";
import { reopen } from "./reopen.js";
import { applyToRun } from "./run-events.js";
import {
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
  stageStarted: ["ready", "retrying"],
  scopeOpened: ["ready", "retrying"],
  iterationOpened: ["open"],
  finallyOpened: ["open"],
  stageWaiting: ["ready", "retrying"],
  decisionMade: ["waiting"],
  stepRecorded: ["running"],
  attemptFailed: ["running", "ready", "retrying", "waiting", "open"],
  attemptLost: ["running"],
  stageClosing: ["open"],
  stageEnded: ["pending", "ready", "running", "waiting", "retrying", "open", "held"],
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
    for (const timer of event.waiting.timers ?? []) pushTimer(state, "wait", timer.at, stage, timer.outcome);
    if (takesPlace(stage)) state.active += 1;
  },

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
    stage.doom = null;
    if (event.retryAt === undefined) {
      stage.status = "held";
    } else {
      stage.status = "retrying";
      stage.retryAt = event.retryAt;
      pushTimer(state, "retry", event.retryAt, stage);
    }
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
    if (stage.role === "body" && stage.plan.outcomes.includes(event.outcome)) {
      if (stage.plan.compensate !== undefined) state.undoable.push(stage);
      if (stage.plan.kind === "end") meetFate(state, stage);
    }
    if (stage.parent !== null) leaveParent(state, stage, stage.parent);
    else leaveScope(state, stage);
  },

  stageRetried(state, stage) {
    reopen(state, stage);
  },
};

function begin(state: RunState, stage: StageState, attempt: number, at: number): void {
  stage.attempts = attempt;
  stage.attemptAt = at;
  stage.retryAt = null;
  const { timeout, totalTimeout, kind } = stage.plan;
  if (stage.startedAt === null) {
    stage.startedAt = at;
    if (stage.parent === null && totalTimeout !== undefined) pushTimer(state, "total", at + totalTimeout, stage);
  }
  if (stage.role === "body" && timeout !== undefined && kind !== "wait")
    pushTimer(state, "attempt", at + timeout, stage);
}

/** Whatever ran or waited here no longer does. */
function leavePlace(state: RunState, stage: StageState): void {
  if (stage.status === "waiting") state.waits.delete(stage);
  if (stage.status === "running" || (stage.status === "waiting" && takesPlace(stage))) state.active -= 1;
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

/** An `each` or a `loop` needs no outputs in the journal: they are those of what it is made of. */
function outputsOfChildren(stage: StageState, outcome: string): Json | undefined {
  if (stage.items !== null) {
    const { values, states, succeeded, failed } = stage.items;
    const results = values.map((_, position) => resultOf(states[position]));
    return { results, succeeded, failed };
  }
  return outcome === "succeeded" ? stage.iteration?.outputs : undefined;
}

/** How one item ended, as `results` of its stage shows it. */
export function resultOf(item: StageState | undefined): JsonObject {
  if (item === undefined || item.outcome === null) return { outcome: "cancelled" };
  return {
    outcome: item.outcome,
    ...(item.outputs === undefined ? {} : { outputs: item.outputs }),
    ...(item.error === null ? {} : { error: errorJson(item.error) }),
  };
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
    if (stage.outcome === "failed") items.failed += 1;
    else if (stage.outcome !== "cancelled") items.succeeded += 1;
    const isGoingOn = parent.doom === null && !tooManyFailed(parent);
    if (isGoingOn && items.states.length < items.values.length) openItem(state, parent, items.states.length);
  }
  state.attention.push(parent);
}

/** Have more items failed than the stage tolerates? */
export function tooManyFailed(each: StageState): boolean {
  const { count, percent } = each.plan.forEach?.tolerate ?? {};
  const { failed = 0, values = [] } = each.items ?? {};
  if (count === undefined && percent === undefined) return failed > 0;
  return failed > (count ?? 0) && failed * 100 > (percent ?? 0) * values.length;
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
  const isGate = stage.plan.kind === "wait" && stage.plan.outcomes.includes("approved");
  if (!isGate || outcome === "approved" || !stage.plan.outcomes.includes(outcome)) return null;
  const code = outcome === "expired" ? "approval-expired" : "approval-rejected";
  const by = stage.decisions?.at(-1)?.by;
  const message = `${stage.path} ended ${outcome}${by === undefined ? "" : ` by ${by}`}, and no stage follows that outcome`;
  return { stage: stage.path, error: { code, message, retryable: false, details: { outcome } } };
}
