import { travel } from "./edges.js";
import { isHandled } from "./graph.js";
import { makeReady, openIteration } from "./scope.js";
import type { RunState, ScopeState, StageState } from "./state.js";

/**
 * Gives a held stage another try, in place: what succeeded below it stays so, only what failed, and what was omitted or
 * cancelled because of it, runs again; a loop that ran out of iterations gets one more.
 */
export function reopen(state: RunState, stage: StageState): void {
  stage.failures = 0;
  stage.error = null;
  stage.doom = null;
  if (stage.items !== null) {
    stage.status = "open";
    reopenItems(state, stage);
  } else if (stage.iteration !== null) {
    stage.status = "open";
    reopenLoop(state, stage, stage.iteration);
  } else if (stage.inner !== null) {
    stage.status = "open";
    reopenScope(state, stage.inner);
  } else {
    makeReady(state, stage);
  }
  if (stage.status === "open") state.attention.push(stage);
}

function reopenItems(state: RunState, each: StageState): void {
  const { items } = each;
  if (items === null) return;
  for (const item of items.states) {
    if (item.outcome !== "failed" && item.outcome !== "cancelled") continue;
    items.ended -= 1;
    if (item.outcome === "failed") items.failed -= 1;
    reopenEnded(state, item);
  }
}

/** A last iteration that did its work is not done again: the loop gets one more. */
function reopenLoop(state: RunState, loop: StageState, last: StageState): void {
  const isDone = last.outcome !== "failed" && last.outcome !== "cancelled";
  if (isDone) openIteration(state, loop, last.position + 1, 0, 0);
  else reopenEnded(state, last);
}

function reopenEnded(state: RunState, stage: StageState): void {
  forgetEnd(state, stage);
  reopen(state, stage);
}

function reopenScope(state: RunState, scope: ScopeState): void {
  scope.failure = null;
  scope.closing = false;
  const again: StageState[] = [];
  for (const stage of scope.stages) {
    const outcome = stage.outcome ?? "";
    const isUnhandled = outcome === "failed" && !isHandled(stage.plan, outcome);
    if (!isUnhandled && outcome !== "omitted" && outcome !== "cancelled") continue;
    scope.open += 1;
    forgetEnd(state, stage);
    if (isUnhandled) {
      again.push(stage);
      continue;
    }
    stage.status = "pending";
    stage.undecided = stage.plan.needs.length;
    stage.tallies = null;
    if (stage.undecided === 0) makeReady(state, stage);
  }
  for (const stage of again) reopen(state, stage);
  for (const stage of scope.stages) if (stage.status === "ended") travel(state, stage);
}

function forgetEnd(state: RunState, stage: StageState): void {
  state.counts.ended -= 1;
  if (stage.outcome === "failed") state.counts.failed -= 1;
  stage.outcome = null;
  stage.endedAt = null;
  stage.outputs = undefined;
}
