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
  const { now: at } = context;
  const events: Event[] = [];
  for (const stage of state.stages.values()) {
    if (stage.status !== "running") continue;
    if (stage.plan.delivery === "atMostOnce") {
      const error = lost("its process died while it ran, and it must not be repeated");
      events.push(...hold(state, stage, error, context));
    } else if (stage.losses + 1 >= LIMITS.losses) {
      events.push(...failed(state, stage, lost(`its process died ${LIMITS.losses} times while it ran`), context, true));
    } else {
      events.push({ type: "attemptLost", at, stage: stage.path, attempt: stage.attempts });
    }
  }
  const { rollback } = state;
  if (rollback?.running && rollback.current !== null) {
    const { current, attempt, losses } = rollback;
    const isLast = losses + 1 >= LIMITS.losses;
    const error = lost(`its process died ${isLast ? `${LIMITS.losses} times ` : ""}while it ran`);
    const failure = { type: "compensationFailed" as const, at, stage: current.path, attempt, error };
    events.push(isLast ? failure : { ...failure, retryAt: at });
  }
  return events;
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
