import { fateFailure } from "./attend.js";
import type { Command } from "./command.js";
import type { Failure } from "./errors.js";
import { type Context, evaluateAll, orFailure } from "./evaluate.js";
import type { EndStatus } from "./event.js";
import type { JsonObject } from "./json.js";
import { namesIn } from "./names.js";
import type { RunState, ScopeState } from "./state.js";
import { newestUndoable } from "./undo.js";

interface End {
  readonly status: EndStatus;
  readonly outputs?: JsonObject;
  readonly error?: Failure;
}

/** The end of the run, or of its main part, once nothing is left to do in it. */
export function conclude(state: RunState, context: Context): Command | undefined {
  const root = state.frame.root as ScopeState;
  const { now: at } = context;
  if (state.phase === "finally") {
    const scope = state.frame.finally;
    if (scope === null || scope.open > 0) return undefined;
    return { kind: "record", events: [{ type: "runEnded", at, ...afterFinally(state, scope), ...leftOf(state) }] };
  }
  if (root.open > 0) return undefined;
  // Nothing new is started while the run is paused, and nobody could resume it in its last part.
  if (state.paused !== null && state.plan.workflow.finally !== undefined) return undefined;
  if (state.phase === "rollback" && (state.rollback?.running || newestUndoable(state) !== undefined)) return undefined;
  const end = state.phase === "rollback" ? endOfRollback(state) : endOfMain(state, root, context);
  if (state.plan.workflow.finally !== undefined) return { kind: "record", events: [{ type: "runEnding", at, ...end }] };
  return { kind: "record", events: [{ type: "runEnded", at, ...end, ...leftOf(state) }] };
}

function endOfMain(state: RunState, root: ScopeState, context: Context): End {
  const { cancelled, frame } = state;
  if (cancelled !== null) {
    return cancelled.error === null ? { status: "cancelled" } : { status: "failed", error: cancelled.error };
  }
  if (frame.fate !== null) {
    const error = fateFailure(frame);
    return {
      status: frame.fate.status,
      ...(frame.fate.outputs === null ? {} : { outputs: frame.fate.outputs }),
      ...(error === null ? {} : { error }),
    };
  }
  if (root.failure !== null) {
    const { stage, error } = root.failure;
    const details = { stage, ...(error.details === undefined ? {} : { details: error.details }) };
    return { status: "failed", error: { ...error, message: `${stage}: ${error.message}`, details } };
  }
  return orFailure<End>(
    () => ({
      status: "succeeded",
      outputs: evaluateAll(state.plan.workflow.outputs, namesIn(state, root), context, "outputs"),
    }),
    (error) => ({ status: "failed", error }),
  );
}

function endOfRollback(state: RunState): End {
  const isClean = state.rollback?.left.length === 0;
  const error = state.rollback?.error ?? null;
  return { status: isClean ? "rolledBack" : "rollbackFailed", ...(error === null ? {} : { error }) };
}

function leftOf(state: RunState): { left?: readonly string[] } {
  const left = state.rollback?.left ?? [];
  return left.length === 0 ? {} : { left };
}

/** `finally` never turns a failure into a success; its own failure ends a success. */
function afterFinally(state: RunState, scope: ScopeState): End {
  const { status, outputs, error } = state.end as NonNullable<RunState["end"]>;
  if (status === "succeeded" && scope.failure !== null) {
    const { stage, error: cause } = scope.failure;
    return { status: "failed", error: { ...cause, message: `${stage}: ${cause.message}` } };
  }
  return { status, ...(outputs === null ? {} : { outputs }), ...(error === null ? {} : { error }) };
}
