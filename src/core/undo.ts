import type { Command } from "./command.js";
import { type Context, evaluate, orFailure } from "./evaluate.js";
import { isObject, type Json } from "./json.js";
import { namesOf } from "./names.js";
import type { CompensatePlan } from "./plan.js";
import type { RunState, StageState } from "./state.js";
import { undoFailed } from "./timers.js";

/** In a rollback, the next stage to undo: newest first, one at a time, once nothing else is under way. */
export function nextUndo(state: RunState, context: Context, slots: number): Command | undefined {
  const { rollback } = state;
  if (state.phase !== "rollback" || rollback === null || rollback.running || state.frame.root?.open !== 0)
    return undefined;
  if (rollback.retryAt !== null && !rollback.isDue && rollback.retryAt > context.now) return undefined;
  const stage = rollback.current ?? newestUndoable(state);
  if (stage === undefined || slots <= 0) return undefined;
  const { uses, with: input } = stage.plan.compensate as CompensatePlan;
  const attempt = rollback.attempt + 1;
  const started = { type: "compensationStarted" as const, at: context.now, stage: stage.path, attempt };
  return orFailure<Command>(
    () => {
      const names = namesOf(state, stage, { result: resultOf(stage), secrets: context.secrets });
      const value = evaluate(input ?? {}, names, context, `${stage.path}.compensate.with`);
      const idempotencyKey = `${state.id}/${stage.path}/undo`;
      return {
        kind: "perform",
        stage,
        uses,
        attempt,
        input: isObject(value) ? value : { value },
        idempotencyKey,
        started,
        isUndo: true,
      };
    },
    (failure) => ({ kind: "record", events: [started, ...undoFailed(state, stage, failure, context)] }),
  );
}

/** Is there anything left to undo? */
export function newestUndoable(state: RunState): StageState | undefined {
  return state.undoable.findLast((stage) => !isUndoneAround(stage));
}

/** A group with a `compensate` of its own is undone as one. */
function isUndoneAround(stage: StageState): boolean {
  for (let at = stage.scope.owner; at !== null; at = at.scope.owner) {
    const isDone = at.outcome !== null && at.plan.outcomes.includes(at.outcome);
    if (isDone && at.plan.compensate !== undefined) return true;
  }
  return false;
}

function resultOf(stage: StageState): Json {
  return stage.result ?? stage.outputs ?? null;
}
