import type { Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import type { StagePath, Usage, Waiting } from "./event.js";
import { isObject, type Json } from "./json.js";
import type { LimitWait } from "./limit.js";
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
  /** What it waits for before it starts. */
  readonly queue?: LimitWait;
  /** The run it started and did not wait for. */
  readonly started?: string;
  readonly decisions?: readonly Decision[];
}

/** Every stage instance, in the order in which they came to be known. */
export function viewStages(state: RunState): readonly StageView[] {
  return [...state.stages.values()].map(viewStage);
}

function viewStage(stage: StageState): StageView {
  const { path, status, outcome, attempts, startedAt, endedAt, error, outputs, explain, usage, waiting, queue } = stage;
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
    ...(queue !== null && { queue }),
    ...startedBy(stage),
    ...(stage.decisions !== null && { decisions: stage.decisions }),
  };
}

function startedBy({ plan, result, outputs }: StageState): { readonly started?: string } {
  const own = result ?? outputs;
  const run = plan.kind === "effect" && plan.calls !== undefined && isObject(own) ? own["runId"] : undefined;
  return typeof run === "string" ? { started: run } : {};
}
