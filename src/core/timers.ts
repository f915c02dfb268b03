import type { Command } from "./command.js";
import type { Failure } from "./errors.js";
import type { Context } from "./evaluate.js";
import type { Event } from "./event.js";
import { isLiveNudge, nudgeDue } from "./nudge.js";
import { nextTry } from "./retry.js";
import { enqueue } from "./scope.js";
import { failed, succeeded } from "./settle.js";
import type { RunState, StageState, Timer } from "./state.js";

/** What a timer that has come leads to; undefined also when it concerned something that moved on. */
export function dueTimer(state: RunState, context: Context): Command | undefined {
  for (;;) {
    const next = state.timers.peek();
    if (next === undefined || next.key > context.now) return undefined;
    state.timers.pop();
    const command = isLive(state, next.value) ? fire(state, next.value, context) : undefined;
    if (command !== undefined) return command;
  }
}

/** The earliest time at which the run must be looked at though nobody calls: milliseconds, or null. */
export function nextWake(state: RunState): number | null {
  for (;;) {
    const next = state.timers.peek();
    if (next === undefined) return null;
    if (isLive(state, next.value)) return next.key;
    state.timers.pop();
  }
}

/** Of two times, either of which may be never (null). */
export function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** Does it still concern what it was set for? */
export function isLive(state: RunState, timer: Timer): boolean {
  const { stage, kind } = timer;
  if (kind === "run") return state.phase === "main" && state.cancelled === null && timer.at === state.deadline;
  if (stage === null || state.phase === "ended") return false;
  switch (kind) {
    case "attempt":
      return isAttempt(stage, timer) && (stage.status === "running" || stage.status === "open") && !stage.doom;
    case "total":
      return stage.totalAt === timer.at && stage.status !== "ended" && stage.status !== "held" && stage.doom === null;
    case "retry":
    case "iteration":
      return stage.status === "retrying" && stage.retryAt === timer.at;
    case "wait":
      return stage.status === "waiting" && stage.attempts === timer.attempt;
    case "remind":
    case "escalate":
      return isLiveNudge(stage, kind, timer.at);
    case "undo":
      return isLiveUndo(state, timer);
  }
}

/** One that a person had reopened in place goes on with its attempt, and has its time anew. */
function isAttempt({ attempts, attemptAt, plan }: StageState, timer: Timer): boolean {
  return attempts === timer.attempt && timer.at === (attemptAt ?? 0) + (plan.timeout ?? 0);
}

function isLiveUndo(state: RunState, timer: Timer): boolean {
  const { rollback } = state;
  if (rollback === null || rollback.current !== timer.stage) return false;
  return timer.at === (rollback.running ? rollback.timeoutAt : rollback.retryAt);
}

function fire(state: RunState, timer: Timer, context: Context): Command | undefined {
  const { now: at } = context;
  const stage = timer.stage as StageState;
  switch (timer.kind) {
    case "run": {
      const limit = state.plan.workflow.timeout ?? 0;
      const error = { code: "run-timeout", message: `the run took longer than ${limit} ms`, retryable: false };
      return { kind: "record", events: [{ type: "cancelRequested", at, by: "engine", reason: "timeout", error }] };
    }
    case "attempt":
      return outOfTime(state, stage, overdue(stage.plan.timeout, "timeout"), context, false);
    case "total":
      return outOfTime(state, stage, overdue(stage.plan.totalTimeout, "totalTimeout"), context, true);
    case "retry":
    case "iteration":
      enqueue(state, stage);
      return undefined;
    case "wait": {
      const outcome = timer.outcome as string;
      if (stage.waiting?.approval !== undefined) return { kind: "expire", stage, outcome };
      return { kind: "record", events: succeeded(state, stage, { outputs: {}, outcome }, context) };
    }
    case "remind":
    case "escalate":
      return { kind: "record", events: nudgeDue(stage, timer.kind, at) };
    case "undo": {
      if (state.rollback === null) return undefined;
      if (!state.rollback.running) {
        state.rollback.isDue = true;
        return undefined;
      }
      const error = overdue(stage.plan.compensate?.timeout, "timeout");
      return { kind: "record", events: undoFailed(state, stage, error, context) };
    }
  }
}

/** The facts that follow from an undo that failed: another try, or one thing left for a person. */
export function undoFailed(state: RunState, stage: StageState, error: Failure, context: Context): readonly Event[] {
  const { attempt, losses } = state.rollback ?? { attempt: 1, losses: 0 };
  const { retry } = stage.plan.compensate ?? {};
  const retryAt = nextTry(retry, error, attempt - losses, context.now, `${state.id}/${stage.path}/undo`);
  const event = { type: "compensationFailed" as const, at: context.now, stage: stage.path, attempt, error };
  return [retryAt === undefined ? event : { ...event, retryAt }];
}

function outOfTime(state: RunState, stage: StageState, error: Failure, context: Context, final: boolean): Command {
  if (stage.status !== "open") return { kind: "record", events: failed(state, stage, error, context, final) };
  const event = { type: "stageClosing" as const, at: context.now, stage: stage.path, outcome: "failed", error, final };
  return { kind: "record", events: [event] };
}

function overdue(limit: number | undefined, key: string): Failure {
  return { code: "timeout", message: `took longer than its ${key} of ${limit ?? 0} ms`, retryable: true };
}
