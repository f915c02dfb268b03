import type { ApprovalRequest, Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import type { Json, JsonObject } from "./json.js";
import type { LimitWait } from "./limit.js";

/**
 * A stage instance within a run, by path: `pay`, `checks/sanctions` (in a group or sub-workflow),
 * `load[3]` (a forEach item), `draft#2` (a repeat iteration; both count from 0), `checks~2/sanctions` (second try of a group).
 */
export type StagePath = string;

export type RunStatus =
  | "queued"
  | "running"
  | "waiting"
  | "paused"
  | "rollingBack"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "rolledBack"
  | "rollbackFailed";

export type EndStatus = Extract<RunStatus, "succeeded" | "failed" | "cancelled" | "rolledBack" | "rollbackFailed">;

/** Tokens and money an attempt used. `usd` null: the price is not known. */
export interface Usage {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
  readonly usd: number | null;
  /** Of the input tokens, those the provider read from its cache. */
  readonly cachedTokens?: number;
  /** What `usd` was worked out with: the row of a price table, or that it is the agent's own price. */
  readonly price?: string;
  /** sha256 of the request, hex. */
  readonly prompt?: string;
}

/** What a waiting stage waits for: whichever comes first ends it. */
export interface Waiting {
  readonly approval?: ApprovalRequest;
  readonly event?: { readonly name: string; readonly match?: JsonObject; readonly outcome: string };
  /** Milliseconds since the epoch; when it comes, the stage ends with `outcome`. */
  readonly timers?: readonly { readonly outcome: string; readonly at: number }[];
}

/** Every event carries when it was recorded: milliseconds since the epoch. */
interface Base {
  readonly at: number;
  /** Sealed: what the numbers stand for that it is the first to have in the place of redacted values. */
  readonly vault?: string;
}

interface OfStage extends Base {
  readonly stage: StagePath;
}

/** A stage of another run. */
export interface ParentStage {
  readonly run: string;
  readonly stage: StagePath;
}

/** A fact about a run. `(run, seq)` orders them; only `apply` gives them meaning. */
export type Event =
  | (Base & {
      readonly type: "runStarted";
      readonly run: string;
      readonly inputs: JsonObject;
      readonly by: string;
      readonly definition: string;
      readonly provider?: string;
      /** Where it is not 0: of runs that wait for a process, the higher goes first. */
      readonly priority?: number;
      readonly trigger?: Json;
      /** The caller's place in a trace, as W3C Trace Context writes it. */
      readonly traceparent?: string;
      /** The stage that started it and does not wait for it. */
      readonly parent?: ParentStage;
    })
  /** The run shares what comes before this with another one, from `stage` on it decides anew. */
  | (Base & { readonly type: "runForked"; readonly from: string; readonly stage: StagePath; readonly by: string })
  /** From here on the run goes by another definition: its hash before and now. `inputs` where those had to be filled in. */
  | (Base & {
      readonly type: "runMigrated";
      readonly from: string;
      readonly to: string;
      readonly version: string;
      readonly by: string;
      readonly inputs?: JsonObject;
    })
  /** What it may start with is not free: it waits for its turn. Told again only when it waits for something else. */
  | (OfStage & { readonly type: "stageQueued"; readonly for: LimitWait })
  /** An effect's attempt, or a wait. Attempts count from 1. */
  | (OfStage & { readonly type: "stageStarted"; readonly attempt: number })
  /** A group, forEach, repeat or sub-workflow stage begins. `items` with forEach, `inputs` with workflow. */
  | (OfStage & {
      readonly type: "scopeOpened";
      readonly attempt: number;
      readonly items?: readonly Json[];
      readonly inputs?: JsonObject;
    })
  /** The next iteration of a `repeat` stage, which starts at `startAt`. */
  | (OfStage & { readonly type: "iterationOpened"; readonly index: number; readonly startAt: number })
  /** What is still open below the stage is cancelled; then it ends so. `final`: no retry follows. */
  | (OfStage & {
      readonly type: "stageClosing";
      readonly outcome: string;
      readonly error?: Failure;
      readonly final: boolean;
    })
  /** The main graph of a sub-workflow is over and its `finally` begins. */
  | (OfStage & { readonly type: "finallyOpened"; readonly status: EndStatus })
  | (OfStage & { readonly type: "stageWaiting"; readonly waiting: Waiting })
  /** A person's accepted decision on a waiting stage; it may leave the quorum open. */
  | (OfStage & { readonly type: "decisionMade"; readonly decision: Decision })
  /** An approval is still open after a while. Counts from 1. */
  | (OfStage & { readonly type: "approvalReminded"; readonly count: number })
  /** These may decide from now on, too. */
  | (OfStage & { readonly type: "approvalEscalated"; readonly approvers: readonly string[] })
  /** The approvers were told; with `error` they could not be. `about`: `opened`, `reminder-2`, `escalated`. */
  | (OfStage & { readonly type: "approversNotified"; readonly about: string; readonly error?: Failure })
  /** A sub-step's result that is not asked for again (a model's answer, a tool's result). */
  | (OfStage & { readonly type: "stepRecorded"; readonly key: string; readonly value: Json; readonly usage?: Usage })
  /** A try failed; `retryAt` when another follows, without it the stage is held for a person. */
  | (OfStage & {
      readonly type: "attemptFailed";
      readonly attempt: number;
      readonly error: Failure;
      readonly retryAt?: number;
    })
  /** A try whose end is unknown: its process died. */
  | (OfStage & { readonly type: "attemptLost"; readonly attempt: number })
  /** The end of a stage instance, exactly once. */
  | (OfStage & {
      readonly type: "stageEnded";
      readonly outcome: string;
      readonly outputs?: Json;
      /** The stage type's own result where `outputs` reshaped it and `compensate` needs it. */
      readonly result?: Json;
      readonly error?: Failure;
      /** What it adds to run state; the field's `merge` says how. */
      readonly set?: JsonObject;
      /** Who skipped it. */
      readonly by?: string;
      readonly explain?: Json;
      /** Beyond what its recorded steps used. */
      readonly usage?: Usage;
    })
  | (Base & { readonly type: "runPaused"; readonly by: string; readonly reason: string; readonly stage?: StagePath })
  | (Base & { readonly type: "runResumed"; readonly by: string })
  /** A person allows the run and each of its stages so much more than their budgets say. */
  | (Base & { readonly type: "budgetRaised"; readonly by: string; readonly usd?: number; readonly tokens?: number })
  /** A person takes up a run that had failed: what failed is held, what that kept from running is undecided again. */
  | (Base & { readonly type: "runReopened"; readonly by: string })
  /** A person's answer to a stage held by `onError: pause`: it gets another try. Skipping one is a `stageEnded` with `by`. */
  | (OfStage & { readonly type: "stageRetried"; readonly by: string })
  /** With `error` the run ends failed by it instead of cancelled: its time is over. */
  | (Base & {
      readonly type: "cancelRequested";
      readonly by: string;
      readonly reason?: string;
      readonly error?: Failure;
    })
  | (Base & {
      readonly type: "rollbackStarted";
      readonly by: string;
      readonly reason: string;
      readonly error?: Failure;
    })
  | (OfStage & { readonly type: "compensationStarted"; readonly attempt: number })
  | (OfStage & {
      readonly type: "compensationFailed";
      readonly attempt: number;
      readonly error: Failure;
      readonly retryAt?: number;
    })
  | (OfStage & { readonly type: "compensated"; readonly result?: Json })
  /** The main graph is over; `finally` stages run next, then `runEnded`. */
  | (Base & {
      readonly type: "runEnding";
      readonly status: EndStatus;
      readonly outputs?: JsonObject;
      readonly error?: Failure;
    })
  | (Base & {
      readonly type: "runEnded";
      readonly status: EndStatus;
      readonly outputs?: JsonObject;
      readonly error?: Failure;
      /** With `rollbackFailed`: stages whose effects a person must undo. */
      readonly left?: readonly StagePath[];
    });

export type EventType = Event["type"];

/** An event with its place in the journal; `seq` counts from 1 without gaps. */
export interface Recorded {
  readonly seq: number;
  readonly event: Event;
}
