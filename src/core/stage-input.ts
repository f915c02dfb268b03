import { fold } from "./apply.js";
import { Unevaluable } from "./evaluate.js";
import type { Event, StagePath } from "./event.js";
import type { JsonObject } from "./json.js";
import type { Plan } from "./plan.js";
import { inputOf } from "./start.js";

const BEGINNINGS: ReadonlySet<Event["type"]> = new Set(["stageStarted", "scopeOpened"]);

/**
 * What a stage's last try was given: `with`, evaluated again as the run was then. In the place of each secret stand dots.
 * Undefined: it was given nothing yet.
 */
export function viewInput(plan: Plan, events: readonly Event[], path: StagePath): JsonObject | undefined {
  const begins = (event: Event) => "stage" in event && event.stage === path && BEGINNINGS.has(event.type);
  const found = events.findLastIndex(begins);
  const at = found >= 0 ? found : events.findIndex((event) => event.type === "stageEnded" && event.stage === path);
  if (at < 0) return undefined;
  const state = fold(plan, events.slice(0, at));
  const stage = state.stages.get(path);
  if (stage?.status === "pending" || stage?.plan.with === undefined || stage.plan.kind === "group") return undefined;
  const secrets = Object.fromEntries(stage.scope.frame.workflow.secrets.map((name) => [name, "•••"]));
  try {
    return inputOf(state, stage, { now: (events[at] as Event).at, validate: () => undefined, secrets });
  } catch (error) {
    // It failed for this very reason, and its error says so.
    if (error instanceof Unevaluable) return undefined;
    throw error;
  }
}
