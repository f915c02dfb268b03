import type { Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import type { EndStatus, ParentStage, StagePath, Usage, Waiting } from "./event.js";
import type { GraphIndex } from "./graph.js";
import type { Heap } from "./heap.js";
import type { Json, JsonObject } from "./json.js";
import type { LimitWait } from "./limit.js";
import type { Graph, Plan, StagePlan, WorkflowPlan } from "./plan.js";
import type { Queue } from "./queue.js";

/**
 * `pending`: edges undecided. `ready`: may start. `queued`: for a limit that all runs share. `running`: an effect's attempt is under way. `waiting`: for a person,
 * an event or a time. `retrying`: until `retryAt`. `open`: its scope, items or iterations are under way. `held`: failed
 * with `onError: pause`, a person must say. `ended`: has its outcome.
 */
export type StageStatus =
  | "pending"
  | "ready"
  | "queued"
  | "running"
  | "waiting"
  | "retrying"
  | "open"
  | "held"
  | "ended";

/**
 * A stage with `forEach` is an `each` over item instances, one with `repeat` a `loop` over iteration instances;
 * the `body` does the work. An item of an `each` may itself be a `loop`.
 */
export type Role = "each" | "loop" | "body";

/** One instance of a stage. Mutable: only `apply` writes it. */
export interface StageState {
  readonly plan: StagePlan;
  readonly path: StagePath;
  readonly role: Role;
  readonly scope: ScopeState;
  /** The `each` or `loop` this is an item or iteration of, and which one (from 0). */
  readonly parent: StageState | null;
  readonly position: number;
  /** Place in the file, or of creation: what equal work is ordered by. */
  readonly order: number;
  status: StageStatus;
  /** Entries of `needs` that do not hold yet. */
  undecided: number;
  /** Per entry of `needs` with several edges: how many hold, how many no longer can. */
  tallies: { held: number; dead: number }[] | null;
  /** Tries begun, tries failed, tries lost with their process. */
  attempts: number;
  failures: number;
  losses: number;
  startedAt: number | null;
  attemptAt: number | null;
  endedAt: number | null;
  retryAt: number | null;
  /** When its `totalTimeout` is over. */
  totalAt: number | null;
  outcome: string | null;
  outputs: Json | undefined;
  /** The stage type's own result where `outputs` reshaped it. */
  result: Json | undefined;
  error: Failure | null;
  explain: Json | undefined;
  /** Of all its attempts. */
  usage: Usage | null;
  waiting: Waiting | null;
  /** What it waits for before it starts, and since when it first did. */
  queue: LimitWait | null;
  queuedAt: number | null;
  decisions: Decision[] | null;
  nudges: Nudges | null;
  /** Sub-steps recorded, by key. */
  records: Map<string, Json> | null;
  items: Items | null;
  /** Of a `loop`: the iteration under way or last ended. */
  iteration: StageState | null;
  /** Of a `loop`: the outputs of the iteration before. */
  previous: Json | undefined;
  /** The graph inside a group or sub-workflow. */
  inner: ScopeState | null;
  /** How it will end once what is open below it is cancelled. */
  doom: Doom | null;
}

/** Of an approval: reminders so far, when people are nudged next, and what its approvers have not been told yet. */
export interface Nudges {
  reminders: number;
  remindAt: number | null;
  escalateAt: number | null;
  unsaid: string[];
}

/** Something to tell the approvers of one wait. `about`: `opened`, `reminder-2`, `escalated`. */
export interface Notice {
  readonly stage: StageState;
  readonly attempt: number;
  readonly about: string;
}

export interface Doom {
  readonly outcome: string;
  readonly error: Failure | null;
  readonly final: boolean;
}

/** Of an `each`. `states[i]` is there once item i was reached. */
export interface Items {
  readonly values: readonly Json[];
  readonly states: StageState[];
  ended: number;
  succeeded: number;
  failed: number;
}

/** A graph inside a graph: the run's own, `finally`, a group's, a sub-workflow's. */
export interface ScopeState {
  readonly graph: Graph;
  readonly index: GraphIndex;
  readonly stages: StageState[];
  /** The group or workflow stage it is inside of; null for the run's own graphs. */
  readonly owner: StageState | null;
  readonly frame: Frame;
  /** Path prefix of its stages: empty, or `checks/`. */
  readonly prefix: string;
  /** Stages not ended. */
  open: number;
  /** The first failure nobody handles. */
  failure: { readonly stage: StagePath; readonly error: Failure } | null;
  /** What is left in it is being cancelled: ends no longer travel along edges. */
  closing: boolean;
}

/** What `inputs`, `state` and `run` mean: one for the run, one for each sub-workflow in it. */
export interface Frame {
  readonly workflow: WorkflowPlan;
  inputs: JsonObject;
  readonly values: Record<string, Json>;
  /** The sub-workflow stage, null for the run. */
  readonly owner: StageState | null;
  root: ScopeState | null;
  /** An `end` stage was reached. */
  fate: Fate | null;
  /** Its `finally` graph once the main one is over, and the status it is about to end with. */
  finally: ScopeState | null;
  ending: EndStatus | null;
  /** How often `finally` was opened: once more each time the run is reopened. */
  rounds: number;
}

export interface Fate {
  readonly status: "succeeded" | "failed" | "cancelled";
  readonly message: string | null;
  readonly outputs: JsonObject | null;
}

/** `main` → (`rollback`) → (`finally`) → `ended`. */
export type Phase = "main" | "rollback" | "finally" | "ended";

export type TimerKind = "attempt" | "total" | "retry" | "wait" | "iteration" | "run" | "undo" | "remind" | "escalate";

/** Lazily deleted: one whose stage moved on is skipped when it comes up. */
export interface Timer {
  readonly kind: TimerKind;
  readonly at: number;
  readonly stage: StageState | null;
  /** Which attempt of the stage it belongs to. */
  readonly attempt: number;
  /** Of a wait: what it ends with. */
  readonly outcome: string | null;
}

/** Undoing succeeded stages, newest of `undoable` first, one at a time. */
export interface Rollback {
  readonly reason: string;
  readonly error: Failure | null;
  current: StageState | null;
  /** Of `current`: tries begun, tries lost with their process. */
  attempt: number;
  losses: number;
  running: boolean;
  retryAt: number | null;
  /** That time has come once: a clock that is set back does not take it away. Known to no journal and no snapshot. */
  isDue: boolean;
  /** When the try under way has taken too long. */
  timeoutAt: number | null;
  readonly left: StagePath[];
}

/** A run, folded from its journal. Queues are indexes over the statuses: rebuilt by the same fold. */
export interface RunState {
  readonly plan: Plan;
  readonly id: string;
  readonly startedAt: number;
  readonly by: string;
  readonly provider: string | null;
  readonly trigger: Json;
  readonly traceparent: string | null;
  readonly parent: ParentStage | null;
  readonly frame: Frame;
  phase: Phase;
  paused: { readonly by: string; readonly reason: string } | null;
  /** What people allowed beyond the budgets. */
  raised: { usd: number; tokens: number };
  cancelled: { readonly by: string; readonly reason: string | null; readonly error: Failure | null } | null;
  rollback: Rollback | null;
  /** Set by `runEnding` and `runEnded`. */
  end: { status: EndStatus; outputs: JsonObject | null; error: Failure | null; at: number } | null;
  /** Every stage instance by path, in order of creation. */
  readonly stages: Map<StagePath, StageState>;
  /** May start at once; those that take one of the `maxParallel` places apart. */
  readonly ready: Heap<StageState>;
  readonly readyEffects: Heap<StageState>;
  /** Needed edges can no longer hold. */
  readonly dead: Queue<StageState>;
  /** Open stages below which something ended. */
  readonly attention: Queue<StageState>;
  /** To be cancelled, each with all that is open below it. */
  readonly doomed: Queue<StageState>;
  /** What approvers are to be told. */
  readonly notices: Queue<Notice>;
  readonly timers: Heap<Timer>;
  readonly waits: Set<StageState>;
  /** Wait for a limit that all runs share. */
  readonly queued: Set<StageState>;
  /** Succeeded stages that can be undone, oldest first; and those whose undoing failed. */
  readonly undoable: StageState[];
  readonly stuck: StageState[];
  /** When the run's `timeout` is over. */
  deadline: number | null;
  /** Places taken of `maxParallel`. */
  active: number;
  counts: { ended: number; failed: number };
  order: number;
}
