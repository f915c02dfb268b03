import { StagecraftError } from "./errors.js";
import type { Event } from "./event.js";
import type { RunState, StageState } from "./state.js";
import { nearest } from "./suggest.js";

/**
 * The events of a run that a fork from `stage` shares: everything that befell stages which had ended and do not come
 * after it. The fork decides the rest anew. It does not undo what it shares.
 * @throws StagecraftError `unknown-stage`
 */
export function sharedEvents(state: RunState, events: readonly Event[], stage: string): readonly Event[] {
  const root = state.frame.root;
  const start = root?.stages.find(({ path }) => path === stage);
  if (root === null || start === undefined) {
    const ids = root?.stages.map(({ path }) => path) ?? [];
    const close = nearest(stage, ids);
    throw new StagecraftError("unknown-stage", `there is no stage ${stage} to fork from`, {
      help: close === undefined ? `stages: ${ids.join(", ")}` : `did you mean ${close}?`,
    });
  }
  const later = new Set<StageState>([start]);
  const { first, targets } = root.index;
  for (const { plan } of later) {
    for (const target of targets.subarray(first[plan.index], first[plan.index + 1]))
      later.add(root.stages[target] as StageState);
  }
  const kept = new Set(root.stages.filter((each) => hasWorked(each) && !later.has(each)).map(({ path }) => path));
  return events.filter(
    (event) => "stage" in event && event.stage !== undefined && kept.has(ownerOf(event.stage)) && isOfStage(event),
  );
}

/** Omission and failure are decided anew. */
function hasWorked({ status, outcome, plan }: StageState): boolean {
  return status === "ended" && outcome !== null && (outcome === "skipped" || plan.outcomes.includes(outcome));
}

/** Pauses and undoing belong to the run, not to the stage. */
function isOfStage({ type }: Event): boolean {
  return type !== "runPaused" && !type.startsWith("compensat");
}

/** The stage of the run's own graph a path belongs to: `checks` for `checks~2/sanctions`. */
function ownerOf(path: string): string {
  return /^[^/[#~]+/.exec(path)?.[0] ?? path;
}
