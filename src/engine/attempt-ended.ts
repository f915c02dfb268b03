import type { Context } from "../core/evaluate.js";
import type { Event } from "../core/event.js";
import { failed, succeeded } from "../core/settle.js";
import type { RunState, StageState } from "../core/state.js";
import { undoFailed } from "../core/timers.js";
import type { AttemptEnd } from "./away/news.js";

/** What follows from the end of an attempt that still counts. */
export function attemptEnded(
  state: RunState,
  stage: StageState,
  isUndo: boolean,
  end: AttemptEnd,
  context: Context,
): readonly Event[] {
  if ("failure" in end) return (isUndo ? undoFailed : failed)(state, stage, end.failure, context);
  if (!isUndo) return succeeded(state, stage, end.result, context);
  return [{ type: "compensated", at: context.now, stage: stage.path, result: end.result.outputs }];
}
