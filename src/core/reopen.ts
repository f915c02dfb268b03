import { travel } from "./edges.js";
import { isHandled } from "./graph.js";
import { beginTimes, makeReady, openIteration, setDeadline } from "./scope.js";
import type { Frame, RunState, ScopeState, StageState } from "./state.js";

/**
 * Gives a held stage another try, in place: what succeeded below it stays so, only what failed, and what was omitted or
 * cancelled because of it, runs again; a loop that ran out of iterations gets one more.
 */
export function reopen(state: RunState, stage: StageState, at: number): void {
  forgetQueued(state);
  reopenStage(state, stage, at);
}

/** What was omitted or cancelled is dealt with: its place in a queue must not befall the stage it becomes again. */
function forgetQueued({ dead, doomed }: RunState): void {
  dead.keep((stage) => stage.status === "pending");
  doomed.keep((stage) => stage.status !== "ended");
}

function reopenStage(state: RunState, stage: StageState, at: number): void {
  stage.failures = 0;
  stage.error = null;
  stage.doom = null;
  stage.totalAt = null;
  if (stage.items !== null) {
    stage.status = "open";
    reopenItems(state, stage, at);
  } else if (stage.iteration !== null) {
    stage.status = "open";
    reopenLoop(state, stage, stage.iteration, at);
  } else if (stage.inner !== null) {
    stage.status = "open";
    if (stage.inner.frame.owner === stage) forgetFate(stage.inner.frame);
    reopenScope(state, stage.inner, at);
  } else {
    makeReady(state, stage);
  }
  if (stage.status !== "open") return;
  beginTimes(state, stage, at);
  state.attention.push(stage);
}

function reopenItems(state: RunState, each: StageState, at: number): void {
  const { items } = each;
  if (items === null) return;
  for (const item of items.states) {
    if (item.outcome !== "failed" && item.outcome !== "cancelled") continue;
    items.ended -= 1;
    if (item.outcome === "failed") items.failed -= 1;
    reopenEnded(state, item, at);
  }
}

/** A last iteration that did its work is not done again: the loop gets one more. */
function reopenLoop(state: RunState, loop: StageState, last: StageState, at: number): void {
  const isDone = last.outcome !== "failed" && last.outcome !== "cancelled";
  if (isDone) openIteration(state, loop, last.position + 1, 0, 0);
  else reopenEnded(state, last, at);
}

function reopenEnded(state: RunState, stage: StageState, at: number): void {
  forgetEnd(state, stage);
  reopenStage(state, stage, at);
}

function reopenScope(state: RunState, scope: ScopeState, at: number): void {
  const again = forgetFailures(state, scope, at);
  for (const stage of again) reopenStage(state, stage, at);
  travelAgain(state, scope);
}

/** Takes up a run that had failed, paused: a person says of each failure whether to retry or skip it, or to roll back. */
export function reopenRun(state: RunState, by: string, at: number): void {
  const { frame } = state;
  forgetQueued(state);
  state.phase = "main";
  state.end = null;
  state.cancelled = null;
  state.rollback = null;
  state.paused = { by, reason: "reopened: its failed stages wait for a person" };
  forgetFate(frame);
  setDeadline(state, at);
  if (frame.root === null) return;
  for (const stage of forgetFailures(state, frame.root, at)) stage.status = "held";
  travelAgain(state, frame.root);
}

/** Its `finally` will run once more, when it ends again. */
function forgetFate(frame: Frame): void {
  frame.fate = null;
  frame.finally = null;
  frame.ending = null;
}

/** The stages that failed unhandled; they and what did not run because of them have no end any more. */
function forgetFailures(state: RunState, scope: ScopeState, at: number): readonly StageState[] {
  scope.failure = null;
  scope.closing = false;
  const failed: StageState[] = [];
  for (const stage of scope.stages) {
    const outcome = stage.outcome ?? "";
    const isUnhandled = isFailure(stage);
    if (!isUnhandled && outcome !== "omitted" && outcome !== "cancelled") continue;
    const { error } = stage;
    scope.open += 1;
    forgetEnd(state, stage);
    if (isUnhandled) {
      stage.error = error;
      failed.push(stage);
      continue;
    }
    // Cancelled while it was under way: what is done in it stays done.
    if (isContainer(stage)) {
      reopenStage(state, stage, at);
      continue;
    }
    stage.status = "pending";
    stage.undecided = stage.plan.needs.length;
    stage.tallies = null;
    if (stage.undecided === 0) makeReady(state, stage);
  }
  return failed;
}

function isContainer({ items, iteration, inner }: StageState): boolean {
  return items !== null || iteration !== null || inner !== null;
}

/** Did it fail with nobody to handle it? */
export function isFailure(stage: StageState): boolean {
  return stage.outcome === "failed" && !isHandled(stage.plan, "failed");
}

function travelAgain(state: RunState, scope: ScopeState): void {
  for (const stage of scope.stages) if (stage.status === "ended") travel(state, stage);
}

function forgetEnd(state: RunState, stage: StageState): void {
  state.counts.ended -= 1;
  if (stage.outcome === "failed") state.counts.failed -= 1;
  stage.outcome = null;
  stage.endedAt = null;
  stage.totalAt = null;
  stage.outputs = undefined;
}
