import { attend } from "./attend.js";
import type { Command } from "./command.js";
import { conclude } from "./conclude.js";
import type { Context } from "./evaluate.js";
import type { Event } from "./event.js";
import { takeNotice } from "./nudge.js";
import { pushTimer } from "./scope.js";
import { start } from "./start.js";
import type { RunState, StageState } from "./state.js";
import { dueTimer } from "./timers.js";
import { nextUndo } from "./undo.js";

/**
 * What must be done next, or undefined when nothing can be done now: everything waits, or `slots` effects are free to be
 * taken and none is. Deterministic. Costs no more than the out-degree of one stage and a logarithm, whatever the size of
 * the graph. A stage taken from the ready queue is the caller's: it must act on the command.
 *
 * @param slots how many more effects the process may have in flight
 */
export function decide(state: RunState, context: Context, slots: number): Command | undefined {
  if (state.phase === "ended") return undefined;
  const due = dueTimer(state, context);
  if (due !== undefined) return due;
  const facts = bookkeeping(state, context);
  if (facts !== undefined) return { kind: "record", events: facts };
  const notice = takeNotice(state);
  if (notice !== undefined) return { kind: "notify", notice };
  if (state.paused === null) {
    const command = startNext(state, context, slots);
    if (command !== undefined) return command;
  }
  return nextUndo(state, context, slots) ?? conclude(state, context);
}

/** Facts that follow without anything being started. */
function bookkeeping(state: RunState, context: Context): readonly Event[] | undefined {
  const { now: at } = context;
  for (;;) {
    const dead = state.dead.shift();
    if (dead === undefined) break;
    if (dead.status === "pending") return [{ type: "stageEnded", at, stage: dead.path, outcome: "omitted" }];
  }
  for (;;) {
    const doomed = state.doomed.shift();
    if (doomed === undefined) break;
    const event = cancelled(state, doomed, at);
    if (event !== undefined) return [event];
  }
  for (;;) {
    const stage = state.attention.shift();
    if (stage === undefined) return undefined;
    const events = attend(state, stage, context);
    if (events.length > 0) return events;
  }
}

/** What cancelling a stage means now. A rollback lets effects in flight end by themselves: they may have to be undone. */
function cancelled(state: RunState, stage: StageState, at: number): Event | undefined {
  if (stage.status === "ended") return undefined;
  const mayHaveHappened = stage.status === "running" || (stage.status === "ready" && stage.losses > 0);
  if (state.phase === "rollback" && mayHaveHappened) return undefined;
  if (stage.status !== "open") return { type: "stageEnded", at, stage: stage.path, outcome: "cancelled" };
  if (stage.doom !== null) return undefined;
  return { type: "stageClosing", at, stage: stage.path, outcome: "cancelled", final: true };
}

function startNext(state: RunState, context: Context, slots: number): Command | undefined {
  const { now } = context;
  const next = take(state, state.ready, now);
  if (next !== undefined) return start(state, next, context);
  if (slots <= 0 || state.active >= state.plan.workflow.maxParallel) return undefined;
  const effect = take(state, state.readyEffects, now);
  return effect === undefined ? undefined : start(state, effect, context);
}

/**
 * A queue folded from a journal still holds what has long begun, and the clock may have been set back since a retry came
 * up: one whose time has not come goes back to its timer.
 */
function take(state: RunState, queue: RunState["ready"], now: number): StageState | undefined {
  for (;;) {
    const stage = queue.pop();
    if (stage === undefined || stage.status === "ready" || stage.status === "queued") return stage;
    if (stage.status !== "retrying") continue;
    const { retryAt } = stage;
    if (retryAt === null || retryAt <= now) return stage;
    pushTimer(state, "retry", retryAt, stage);
  }
}
