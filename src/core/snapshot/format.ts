import type { Decision } from "../approval.js";
import type { Failure } from "../errors.js";
import type { EndStatus, Usage, Waiting } from "../event.js";
import type { Json, JsonObject } from "../json.js";
import type { LimitWait } from "../limit.js";
import type { Doom, Fate, Nudges, RunState, ScopeState, StageStatus, TimerKind } from "../state.js";

/** A state as JSON. Stages stand for each other by their place in `stages`, scopes and frames by theirs; -1: none. */
export interface Frozen {
  readonly run: Pick<RunState, Plain> & { readonly rollback: FrozenRollback | null };
  readonly frames: readonly FrozenFrame[];
  readonly scopes: readonly FrozenScope[];
  readonly stages: readonly FrozenStage[];
  readonly waits: readonly number[];
  readonly queued: readonly number[];
  readonly undoable: readonly number[];
  readonly stuck: readonly number[];
  readonly dead: readonly number[];
  readonly doomed: readonly number[];
  readonly timers: readonly FrozenTimer[];
}

/** Fields of the run that are JSON already. */
export type Plain =
  | "id"
  | "startedAt"
  | "by"
  | "provider"
  | "trigger"
  | "traceparent"
  | "parent"
  | "phase"
  | "paused"
  | "raised"
  | "cancelled"
  | "end"
  | "deadline"
  | "active"
  | "counts"
  | "order";

export interface FrozenRollback {
  readonly reason: string;
  readonly error: Failure | null;
  readonly current: number;
  readonly attempt: number;
  readonly losses: number;
  readonly running: boolean;
  readonly retryAt: number | null;
  readonly timeoutAt: number | null;
  readonly left: readonly string[];
}

export interface FrozenFrame {
  /** The id under `Plan.called`, null for the run's own workflow. */
  readonly calls: string | null;
  readonly owner: number;
  readonly root: number;
  readonly finally: number;
  readonly inputs: JsonObject;
  readonly values: JsonObject;
  readonly fate: Fate | null;
  readonly ending: EndStatus | null;
  readonly rounds: number;
}

export type GraphKind = "main" | "finally" | "group";

export type FrozenScope = readonly [
  graph: GraphKind,
  owner: number,
  frame: number,
  prefix: string,
  open: number,
  closing: boolean,
  failure: ScopeState["failure"],
];

/** Times count from the start of the run: short numbers, where there are many. */
export type FrozenStage = readonly [
  scope: number,
  plan: number,
  parent: number,
  position: number,
  status: StageStatus,
  undecided: number,
  attempts: number,
  startedAt: number | null,
  attemptAt: number | null,
  endedAt: number | null,
  outcome: string | null,
  more?: More,
];

/** What most stages have not. */
export interface More {
  outputs?: Json;
  result?: Json;
  error?: Failure;
  explain?: Json;
  usage?: Usage;
  waiting?: Waiting;
  decisions?: Decision[];
  nudges?: Nudges;
  records?: [string, Json][];
  items?: { values: readonly Json[]; ended: number; succeeded: number; failed: number };
  previous?: Json;
  inner?: number;
  doom?: Doom;
  tallies?: { held: number; dead: number }[];
  failures?: number;
  losses?: number;
  retryAt?: number;
  totalAt?: number;
  queue?: LimitWait;
  queuedAt?: number;
}

export type FrozenTimer = readonly [
  kind: TimerKind,
  at: number,
  stage: number,
  attempt: number,
  outcome: string | null,
];
