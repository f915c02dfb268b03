import type { Event } from "../core/event.js";
import type { Plan, RedactPath, StagePlan } from "../core/plan.js";

export type PlanOf = Pick<Plan, "workflow" | "called">;

/** Field of an event to the paths in it that are redacted; the empty path is the whole of it. */
export type Marks = Readonly<Record<string, readonly RedactPath[]>>;

const NONE: Marks = {};
const WHOLE: readonly RedactPath[] = [[]];

/** Does anything of it redact? */
export function redacts({ workflow, called }: PlanOf): boolean {
  return [workflow, ...Object.values(called)].some(({ redact }) => redact !== undefined);
}

/** Where a definition says that the event holds what nobody is to see. */
export function marksOf({ workflow, called }: PlanOf, stage: StagePlan | undefined, event: Event): Marks {
  switch (event.type) {
    case "runStarted":
    case "runMigrated":
      return { inputs: workflow.redact ?? [] };
    case "scopeOpened":
      return stage?.calls === undefined ? NONE : { inputs: called[stage.calls]?.redact ?? [] };
    case "decisionMade":
      return { decision: (stage?.redact ?? []).filter(isSaid) };
    case "stepRecorded":
    case "attemptFailed":
    case "stageClosing":
    case "compensationFailed":
    case "compensated":
    case "stageEnded":
      return stage?.redact === undefined ? NONE : marksOfStage(stage.redact);
    default:
      return NONE;
  }
}

/** What a person writes who decides. */
function isSaid([first]: RedactPath): boolean {
  return first === "data" || first === "comment";
}

/** What a stage came by on its way to outputs of which a part is redacted is not looked into: it is hidden whole. */
function marksOfStage(outputs: readonly RedactPath[]): Marks {
  // An approval tells what every decider wrote, and what the one did who settled it.
  const ofOne = [...outputs, ...outputs.filter(isSaid).map((path) => ["decisions", "*", ...path])];
  // With `forEach` the results of all items are a list in the outputs of the stage.
  const ofAll = ofOne.map((path) => ["*", ...path]);
  return { outputs: [...ofOne, ...ofAll], value: WHOLE, result: WHOLE, explain: WHOLE, error: [["details"]] };
}
