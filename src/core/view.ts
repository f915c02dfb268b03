import type { Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import type { StagePath, Usage, Waiting } from "./event.js";
import type { Json, JsonObject } from "./json.js";
import type { RunState, StageState, StageStatus } from "./state.js";

/** One stage instance as people and programs see it. Times are milliseconds since the epoch. */
export interface StageView {
  readonly path: StagePath;
  readonly title: string | null;
  readonly uses: string;
  readonly status: StageStatus;
  readonly outcome: string | null;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: Failure | null;
  readonly outputs: Json | null;
  readonly explain: Json | null;
  readonly usage: Usage | null;
  readonly waiting: Waiting | null;
  readonly decisions: readonly Decision[];
}

/** A run folded from its journal, every stage instance in order of creation. */
export interface RunView {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly state: JsonObject;
  readonly startedAt: number;
  readonly by: string;
  readonly provider: string | null;
  readonly stages: readonly StageView[];
  /** Stages a failed rollback left for a person to undo. */
  readonly left: readonly StagePath[];
}

export function viewOf(state: RunState): RunView {
  return {
    id: state.id,
    inputs: state.frame.inputs,
    state: { ...state.frame.values },
    startedAt: state.startedAt,
    by: state.by,
    provider: state.provider,
    stages: [...state.stages.values()].map(viewStage),
    left: state.rollback?.left ?? [],
  };
}

function viewStage(stage: StageState): StageView {
  const { path, status, outcome, attempts, startedAt, endedAt, error, usage, waiting } = stage;
  return {
    path,
    title: stage.plan.title ?? null,
    uses: stage.plan.uses,
    status,
    outcome,
    attempts,
    startedAt,
    endedAt,
    error,
    outputs: stage.outputs ?? null,
    explain: stage.explain ?? null,
    usage,
    waiting,
    decisions: stage.decisions ?? [],
  };
}
