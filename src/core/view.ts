import { fold } from "./apply.js";
import type { Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import { Unevaluable } from "./evaluate.js";
import type { Event, StagePath, Usage, Waiting } from "./event.js";
import type { Json, JsonObject } from "./json.js";
import type { Plan } from "./plan.js";
import { inputOf } from "./start.js";
import type { RunState, StageState, StageStatus } from "./state.js";

/** One stage instance of a run, folded from its journal. No `outcome`: it has not ended; no `startedAt`: not begun. */
export interface StageView {
  readonly path: StagePath;
  readonly title?: string;
  readonly uses: string;
  readonly status: StageStatus;
  readonly outcome?: string;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: Failure;
  readonly outputs?: Json;
  readonly explain?: Json;
  readonly usage?: Usage;
  readonly waiting?: Waiting;
  readonly decisions?: readonly Decision[];
}

/** Every stage instance, in the order in which they came to be known. */
export function viewStages(state: RunState): readonly StageView[] {
  return [...state.stages.values()].map(viewStage);
}

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

const BEGINNINGS: ReadonlySet<Event["type"]> = new Set(["stageStarted", "scopeOpened"]);

function viewStage(stage: StageState): StageView {
  const { path, status, outcome, attempts, startedAt, endedAt, error, outputs, explain, usage, waiting } = stage;
  const { title, uses } = stage.plan;
  return {
    path,
    uses,
    status,
    attempts,
    ...(title !== undefined && { title }),
    ...(outcome !== null && { outcome }),
    ...(startedAt !== null && { startedAt }),
    ...(endedAt !== null && { endedAt }),
    ...(error !== null && { error }),
    ...(outputs !== undefined && { outputs }),
    ...(explain !== undefined && { explain }),
    ...(usage !== null && { usage }),
    ...(waiting !== null && { waiting }),
    ...(stage.decisions !== null && { decisions: stage.decisions }),
  };
}
