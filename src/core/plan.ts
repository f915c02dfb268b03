import type { JsonObject, JsonSchema } from "./json.js";
import type { Template } from "./template.js";
import type { TriggerPlan } from "./trigger.js";

export type { Template } from "./template.js";

/** The immutable graph compiled from a Definition. Plain JSON, kept with the run, self-contained. */
export interface Plan {
  readonly format: 1;
  readonly workflow: WorkflowPlan;
  /** Sub-workflows by id, whole, so that editing their files never changes a run in flight. */
  readonly called: Readonly<Record<string, WorkflowPlan>>;
}

/** What one definition says. The root of a run, or of a sub-workflow scope. */
export interface WorkflowPlan {
  readonly id: string;
  readonly version: string;
  readonly title?: string;
  readonly domain?: string;
  /** Name to schema; a field is required unless it has `default` or is listed in `optional`. */
  readonly inputs: Readonly<Record<string, JsonSchema>>;
  readonly optional: readonly string[];
  readonly state: Readonly<Record<string, StateField>>;
  readonly secrets: readonly string[];
  /** Where its inputs hold what is redacted. Present, perhaps empty, where anything of it redacts. */
  readonly redact?: readonly RedactPath[];
  /** As written, files already read in; the plugins that use them give them meaning. */
  readonly agents: Readonly<Record<string, JsonObject>>;
  readonly rulesets: Readonly<Record<string, JsonObject>>;
  readonly graph: Graph;
  readonly finally?: Graph;
  readonly outputs: Readonly<Record<string, Template>>;
  readonly idempotencyKey?: Template;
  readonly concurrency?: RunConcurrency;
  /** Of its runs, unless one is started with another. Default 0. */
  readonly priority?: number;
  readonly budget?: RunBudgetPlan;
  /** Milliseconds, of the whole run. */
  readonly timeout?: number;
  readonly maxParallel: number;
  readonly failFast: boolean;
  /** Proved when the definition was read, and held against every run. Absent: none. */
  readonly policies?: readonly PolicyPlan[];
  /** What starts runs of it by itself. Absent: nothing. */
  readonly triggers?: readonly TriggerPlan[];
  /** Who is told of what. Absent: nobody. */
  readonly alerts?: readonly AlertPlan[];
}

/** Names of fields, from the outermost in; `*` is each item of a list. */
export type RedactPath = readonly string[];

export type AlertKind = "failed" | "paused" | "waiting" | "slow" | "budget" | "rejected";

/** Who is told of what. `after`, of `waiting` and `slow`: milliseconds. */
export interface AlertPlan {
  readonly on: readonly AlertKind[];
  /** The channel that is told. */
  readonly notify: string;
  readonly after?: number;
}

/**
 * What must hold in every run. Stages are named by their address: ids from the workflow's own graph on, as in the paths
 * of a run but without items and iterations.
 */
export interface PolicyPlan {
  readonly id: string;
  /** The stage it guards. */
  readonly stage?: string;
  /** Edges that must have held before that stage starts. */
  readonly requires: readonly { readonly stage: string; readonly outcome: string | null }[];
  /** Only in runs in which this holds, or cannot be evaluated. */
  readonly when?: Template;
  readonly mustCompensate: boolean;
  /** People who are never the same twice: a path into the inputs, or whoever decides at a stage. */
  readonly distinct: readonly ({ readonly input: readonly string[] } | { readonly stage: string })[];
}

/** What models may cost: dollars, and tokens in and out together. */
export interface Allowance {
  readonly usd?: number;
  readonly tokens?: number;
}

export interface BudgetPlan extends Allowance {
  readonly onExceed: "pause" | "fail";
}

/** Beside the run's own: all runs of the workflow within one UTC day, and ever. */
export interface RunBudgetPlan extends BudgetPlan {
  readonly day?: Allowance;
  readonly workflow?: Allowance;
}

/** At most `limit` runs of one group have begun and not ended. */
export interface RunConcurrency {
  readonly group: Template;
  readonly limit: number;
  /** `cancelRunning`: the oldest of the group are cancelled for one too many. */
  readonly onConflict: "queue" | "reject" | "cancelRunning";
}

export type Merge = "last" | "append" | "sum" | "min" | "max" | "union";

export interface StateField {
  readonly schema: JsonSchema;
  readonly merge?: Merge;
}

/** Stages in file order; `needs` refer to them by index. */
export interface Graph {
  readonly stages: readonly StagePlan[];
}

/**
 * How the engine treats a stage. `pure`: a function of journaled facts. `effect`: touches the world.
 * `wait`: for a person, an event or a time. The others open a scope, or end the run.
 */
export type StageKind = "pure" | "effect" | "wait" | "group" | "workflow" | "end";

export interface StagePlan {
  readonly id: string;
  /** Its place in `Graph.stages`. */
  readonly index: number;
  readonly title?: string;
  readonly description?: string;
  readonly uses: string;
  readonly kind: StageKind;
  readonly with?: Template;
  readonly needs: readonly Need[];
  /** What it ends with when it did its work: `["succeeded"]`, or the named outcomes of its type. */
  readonly outcomes: readonly string[];
  /** With `forEach` of a type with named outcomes: what an item of it ends with when it did its work. */
  readonly itemOutcomes?: readonly string[];
  /** Outcomes some edge names, `done` counting for all: a failure or rejection outside it is unhandled. */
  readonly handled: readonly string[];
  readonly if?: Template;
  readonly forEach?: ForEachPlan;
  readonly repeat?: RepeatPlan;
  readonly retry?: RetryPlan;
  /** Milliseconds: of one attempt; of the whole stage with its retries and waits. */
  readonly timeout?: number;
  readonly totalTimeout?: number;
  readonly onError: readonly ErrorRule[];
  readonly compensate?: CompensatePlan;
  /** Where its outputs hold what is redacted. */
  readonly redact?: readonly RedactPath[];
  readonly outputs?: Readonly<Record<string, Template>>;
  readonly set?: Readonly<Record<string, Template>>;
  readonly idempotencyKey?: Template;
  readonly delivery: "atLeastOnce" | "atMostOnce";
  /** Of an effect: its result is kept under `key` for `ttl` milliseconds, for this stage in every run. */
  readonly cache?: CachePlan;
  /** At most `limit` stages of one group are under way, over all runs that share the store. */
  readonly concurrency?: StageConcurrency;
  /** At most `limit` starts of one group in any `per` milliseconds, over all runs that share the store. */
  readonly rateLimit?: RateLimitPlan;
  /** Where several effects could start, the higher goes first; without one it is that of the group around it, then 0. */
  readonly priority?: number;
  /** Of all its attempts, items, iterations and inner stages together. */
  readonly budget?: BudgetPlan;
  /** With `group`. */
  readonly graph?: Graph;
  /** With `workflow`: the id under `Plan.called`. Of an effect: it starts a run of its own and does not wait for it. */
  readonly calls?: string;
}

/** From an outcome of a stage. `outcome` null is the plain edge: succeeded or skipped. `done`: anything but omitted. */
export interface Edge {
  readonly stage: number;
  readonly outcome: string | null;
}

/**
 * One entry of `needs`. `all` has exactly one edge. `anyOf` holds when `count` edges hold;
 * `settled` when every edge is decided and at least one holds.
 */
export interface Need {
  readonly mode: "all" | "anyOf" | "settled";
  readonly edges: readonly Edge[];
  readonly count: number;
  readonly rest: "keep" | "cancel";
}

export interface ForEachPlan {
  readonly items: Template;
  readonly as: string;
  /** A template that names an item; unique within the stage. Shown beside the index. */
  readonly key?: Template;
  readonly concurrency: number;
  /** With it, `as` is bound to a list of at most so many items. */
  readonly batchSize?: number;
  readonly tolerate: { readonly count?: number; readonly percent?: number };
  /** Over the results so far; true ends the stage and cancels what is left. */
  readonly completeWhen?: Template;
}

export interface RepeatPlan {
  readonly until?: Template;
  readonly maxIterations: number;
  /** Milliseconds between iterations. */
  readonly delay: number;
}

export interface RetryPlan {
  /** Counts the first try. */
  readonly maxAttempts: number;
  readonly delay: number;
  readonly backoff: "fixed" | "exponential";
  readonly factor: number;
  readonly maxDelay: number;
  readonly jitter: "none" | "full";
  /** Codes retried whatever their `retryable`; without it, only retryable ones. */
  readonly errors?: readonly string[];
  readonly if?: Template;
}

export interface CachePlan {
  readonly key: Template;
  readonly ttl: number;
}

export interface StageConcurrency {
  readonly group: Template;
  readonly limit: number;
}

export interface RateLimitPlan {
  readonly group: Template;
  readonly limit: number;
  readonly per: number;
}

/** First match wins; no match is `fail`. */
export interface ErrorRule {
  readonly errors?: readonly string[];
  readonly if?: Template;
  readonly do: "fail" | "skip" | "pause" | "rollback";
  readonly outputs?: Readonly<Record<string, Template>>;
}

export interface CompensatePlan {
  readonly uses: string;
  readonly with?: Template;
  readonly retry?: RetryPlan;
  readonly timeout?: number;
}

/** Outcomes every stage may have, whatever its type. */
export const COMMON_OUTCOMES = ["succeeded", "skipped", "failed", "omitted", "cancelled"] as const;

/** Limits that hold for every definition. */
export const LIMITS = {
  depth: 10,
  stages: 200_000,
  items: 200_000,
  iterations: 100_000,
  attempts: 1_000,
  /** Times one stage may lose its process before it fails. */
  losses: 10,
  payloadBytes: 8 * 1024 * 1024,
} as const;
