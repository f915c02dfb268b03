import type { Context } from "../../core/evaluate.js";
import type { Event } from "../../core/event.js";
import { attemptLost, undoLost } from "../../core/recover.js";
import type { RunState, StageState } from "../../core/state.js";
import { attemptEnded } from "../attempt-ended.js";
import type { AttemptNews, Order } from "./news.js";

/** The stage whose attempt this is, while it is under way. */
export function stageUnderWay(state: RunState, { stage: path, attempt, isUndo }: Omit<Order, "run">) {
  const stage = state.stages.get(path);
  const { rollback } = state;
  const isCurrent = isUndo
    ? rollback?.running === true && rollback.current === stage && rollback.attempt === attempt
    : stage?.status === "running" && stage.attempts === attempt;
  return isCurrent ? stage : undefined;
}

/** Empty where the attempt no longer counts: its stage has moved on. */
export function newsCame(state: RunState, told: AttemptNews, context: Context): readonly Event[] {
  const stage = stageUnderWay(state, told);
  return stage === undefined ? [] : eventsOf(state, stage, told, context);
}

function eventsOf(
  state: RunState,
  stage: StageState,
  { isUndo, news }: AttemptNews,
  context: Context,
): readonly Event[] {
  switch (news.kind) {
    case "step": {
      if (stage.records?.has(news.key)) return [];
      const { kind: _, ...step } = news;
      return [{ type: "stepRecorded", at: context.now, stage: stage.path, ...step }];
    }
    case "ended":
      return attemptEnded(state, stage, isUndo, news.end, context);
    case "lost":
      return isUndo ? undoLost(state, context) : attemptLost(state, stage, context);
  }
}
