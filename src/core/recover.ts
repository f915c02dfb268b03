import { type Failure, LOST } from "./errors.js";
import type { Context } from "./evaluate.js";
import type { Event } from "./event.js";
import { LIMITS } from "./plan.js";
import { failed } from "./settle.js";
import type { RunState, StageState } from "./state.js";

/**
 * After a crash: what was in flight has an end nobody knows. An effect that may repeat does, with the same idempotency
 * key and a limit of its own; with `delivery: atMostOnce` a person must say.
 */
export function recover(state: RunState, context: Context): readonly Event[] {
  const running = [...state.stages.values()].filter(({ status }) => status === "running");
  return [...running.flatMap((stage) => attemptLost(state, stage, context)), ...undoLost(state, context)];
}

/** The end of the attempt under way of this stage is unknown. */
export function attemptLost(state: RunState, stage: StageState, context: Context): readonly Event[] {
  if (stage.plan.delivery === "atMostOnce") {
    const error = lost("its process died while it ran, and it must not be repeated");
    return hold(state, stage, error, context);
  }
  if (stage.losses + 1 >= LIMITS.losses) {
    return failed(state, stage, lost(`its process died ${LIMITS.losses} times while it ran`), context, true);
  }
  return [{ type: "attemptLost", at: context.now, stage: stage.path, attempt: stage.attempts }];
}

/** The same of what undoes a stage now, if anything does. */
export function undoLost({ rollback }: RunState, { now: at }: Context): readonly Event[] {
  if (!rollback?.running || rollback.current === null) return [];
  const { current, attempt, losses } = rollback;
  const isLast = losses + 1 >= LIMITS.losses;
  const error = lost(`its process died ${isLast ? `${LIMITS.losses} times ` : ""}while it ran`);
  const failure = { type: "compensationFailed" as const, at, stage: current.path, attempt, error };
  return [isLast ? failure : { ...failure, retryAt: at }];
}

/** A person must say, while there is a main part to go on with; otherwise the stage has failed. */
function hold(state: RunState, stage: StageState, error: Failure, context: Context): readonly Event[] {
  if (state.phase !== "main" || stage.scope.closing) return failed(state, stage, error, context, true);
  const { now: at } = context;
  const reason = `${stage.path}: ${error.message}`;
  return [
    { type: "attemptFailed", at, stage: stage.path, attempt: stage.attempts, error },
    { type: "runPaused", at, by: "engine", reason, stage: stage.path },
  ];
}

function lost(message: string): Failure {
  return { code: LOST, message, retryable: false };
}
