import { bug, LOST } from "./errors.js";
import type { Event, EventType } from "./event.js";
import { reopenRun } from "./reopen.js";
import { closeScope, openFinally, pushTimer } from "./scope.js";
import type { Phase, Rollback, RunState } from "./state.js";

type RunEvent = Extract<
  Event,
  {
    type:
      | "runPaused"
      | "runResumed"
      | "budgetRaised"
      | "runReopened"
      | "runForked"
      | "runMigrated"
      | "cancelRequested"
      | "rollbackStarted"
      | "compensationStarted"
      | "compensationFailed"
      | "compensated"
      | "runEnding"
      | "runEnded";
  }
>;

/** In which phases each event may befall the run. */
export const LEGAL_IN: { readonly [T in RunEvent["type"]]: readonly Phase[] } = {
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
};

const LEGAL_WORDS = new Map<EventType, readonly Phase[]>(Object.entries(LEGAL_IN) as [EventType, readonly Phase[]][]);

/** @throws StagecraftError `internal` when the fact cannot follow what is there */
export function applyToRun(state: RunState, event: Event): void {
  if (!LEGAL_WORDS.get(event.type)?.includes(state.phase))
    throw bug(`${event.type} while the run is in ${state.phase}`);
  const happening = event as RunEvent;
  switch (happening.type) {
    case "runPaused":
      state.paused = { by: happening.by, reason: happening.reason };
      return;
    case "runResumed":
      state.paused = null;
      return;
    case "budgetRaised":
      state.raised.usd += happening.usd ?? 0;
      state.raised.tokens += happening.tokens ?? 0;
      return;
    case "runReopened":
      reopenRun(state, happening.by, happening.at);
      return;
    case "runForked":
      state.undoable.length = 0;
      return;
    case "runMigrated":
      // The plan is what the state was folded by: whoever folds a journal takes the one its run is pinned to.
      if (happening.inputs !== undefined) state.frame.inputs = happening.inputs;
      return;
    case "cancelRequested":
      state.paused = null;
      state.cancelled = { by: happening.by, reason: happening.reason ?? null, error: happening.error ?? null };
      if (state.frame.root !== null) closeScope(state, state.frame.root);
      return;
    case "rollbackStarted":
      beginRollback(state, happening);
      return;
    case "compensationStarted":
    case "compensationFailed":
    case "compensated":
      applyToRollback(state, state.rollback as Rollback, happening);
      return;
    case "runEnding":
      state.phase = "finally";
      state.end = endOf(happening);
      openFinally(state, state.frame, happening.status);
      return;
    case "runEnded":
      state.phase = "ended";
      state.end = endOf(happening);
  }
}

function endOf(event: Extract<Event, { type: "runEnding" | "runEnded" }>): NonNullable<RunState["end"]> {
  return { status: event.status, outputs: event.outputs ?? null, error: event.error ?? null, at: event.at };
}

function beginRollback(state: RunState, event: Extract<Event, { type: "rollbackStarted" }>): void {
  state.phase = "rollback";
  state.paused = null;
  state.rollback = {
    reason: event.reason,
    error: event.error ?? null,
    current: null,
    attempt: 0,
    losses: 0,
    running: false,
    retryAt: null,
    isDue: false,
    timeoutAt: null,
    left: [],
  };
  state.undoable.push(...state.stuck.splice(0));
  if (state.frame.root !== null) closeScope(state, state.frame.root);
}

function applyToRollback(
  state: RunState,
  rollback: Rollback,
  event: Extract<Event, { type: "compensationStarted" | "compensationFailed" | "compensated" }>,
): void {
  const stage = state.stages.get(event.stage);
  if (stage === undefined || stage.plan.compensate === undefined) throw bug(`${event.type} of ${event.stage}`);
  if (event.type === "compensationStarted") {
    rollback.current = stage;
    rollback.attempt = event.attempt;
    rollback.running = true;
    rollback.retryAt = null;
    rollback.isDue = false;
    const { timeout } = stage.plan.compensate;
    if (timeout === undefined) return;
    rollback.timeoutAt = event.at + timeout;
    pushTimer(state, "undo", rollback.timeoutAt, stage);
    return;
  }
  rollback.running = false;
  rollback.timeoutAt = null;
  if (event.type === "compensationFailed" && event.retryAt !== undefined) {
    if (event.error.code === LOST) rollback.losses += 1;
    rollback.retryAt = event.retryAt;
    pushTimer(state, "undo", event.retryAt, stage);
    return;
  }
  if (event.type === "compensationFailed") {
    rollback.left.push(stage.path);
    state.stuck.push(stage);
  }
  rollback.current = null;
  rollback.attempt = 0;
  rollback.losses = 0;
  const at = state.undoable.lastIndexOf(stage);
  if (at < 0) throw bug(`${event.type} of ${stage.path}, which is not to be undone`);
  state.undoable.splice(at, 1);
}
