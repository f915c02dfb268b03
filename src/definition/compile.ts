import { parseDuration } from "../core/duration.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import type {
  AlertPlan,
  CompensatePlan,
  ErrorRule,
  ForEachPlan,
  Graph,
  Merge,
  Need,
  RedactPath,
  RepeatPlan,
  RetryPlan,
  RunConcurrency,
  StagePlan,
  StateField,
  WorkflowPlan,
} from "../core/plan.js";
import type { TriggerPlan, WebhookSignature } from "../core/trigger.js";
import type { GraphNode, Model, NeedNode, StageNode } from "./model.js";
import { redactPath } from "./redact.js";
import type { AlertSource } from "./schema/alert.js";
import type { OnError, RetrySource, StageSource } from "./schema/stage.js";
import { TRIGGER_KINDS, type TriggerSource, type WebhookSource } from "./schema/trigger.js";
import type { WorkflowSource } from "./schema/workflow.js";

type Defaults = NonNullable<WorkflowSource["defaults"]>;
type Templates = Readonly<Record<string, Json>>;

/** The plan of a model in which no error was found. */
export function compileWorkflow(model: Model): WorkflowPlan {
  const source = model.raw as unknown as WorkflowSource;
  const defaults = source.defaults ?? {};
  const inputs = Object.entries(source.inputs ?? {});
  return {
    id: source.id,
    version: source.version,
    ...given({ title: source.title, domain: source.domain }),
    inputs: Object.fromEntries(inputs.map(([name, field]) => [name, without(field, "optional")])),
    optional: inputs.filter(([, field]) => field["optional"] === true).map(([name]) => name),
    state: Object.fromEntries(Object.entries(source.state ?? {}).map(([name, field]) => [name, stateField(field)])),
    secrets: source.secrets ?? [],
    ...given({ redact: redactOf(model, source.redact) }),
    agents: model.agents,
    rulesets: model.rulesets,
    graph: compileGraph(model.main, defaults),
    ...(model.finally !== undefined && { finally: compileGraph(model.finally, defaults) }),
    outputs: (source.outputs ?? {}) as Templates,
    ...given({ idempotencyKey: source.idempotencyKey, timeout: duration(source.timeout) }),
    ...given({ priority: source.priority }),
    ...given({ concurrency: source.concurrency && runConcurrency(source.concurrency) }),
    ...given({ alerts: source.alerts?.map(alert) }),
    ...given({ budget: source.budget && { ...source.budget, onExceed: source.budget.onExceed ?? "pause" } }),
    ...given({ triggers: source.triggers?.map(trigger) }),
    maxParallel: source.maxParallel ?? 20,
    failFast: source.failFast ?? false,
  };
}

function pathsOf(written: readonly string[], root: "inputs" | "outputs"): readonly RedactPath[] {
  return written.map((text) => redactPath(text, root)).filter((path) => path !== undefined);
}

/** Empty where only stages redact: the run must know that something is. */
function redactOf({ stages }: Model, written: readonly string[] | undefined) {
  if (written === undefined && !stages.some(({ raw }) => raw["redact"] !== undefined)) return undefined;
  return pathsOf(written ?? [], "inputs");
}

function runConcurrency(source: NonNullable<WorkflowSource["concurrency"]>): RunConcurrency {
  const { group, limit, onConflict } = source;
  return { group, limit: limit ?? 1, onConflict: onConflict ?? "queue" };
}

function alert({ on, notify, after }: AlertSource): AlertPlan {
  return { on, notify, ...given({ after: duration(after) }) };
}

function trigger(source: TriggerSource, index: number): TriggerPlan {
  const inputs = (source.inputs ?? {}) as Templates;
  const kind = TRIGGER_KINDS.find((word) => source[word] !== undefined) ?? "cron";
  const common = { id: source.id ?? `${kind}${index + 1}`, inputs };
  const { cron = "", timezone = "UTC", file = "", event = "", catchup = "1h", filter } = source;
  // A time comes again, which a request or an event does not.
  const heard = { overlap: source.overlap ?? "allow", ...given({ filter }) };
  switch (kind) {
    case "file":
      return { kind, ...common, file };
    case "webhook":
      return { kind, ...common, ...heard, signed: webhookSignature(source.webhook) };
    case "event":
      return { kind, ...common, ...heard, event };
    case "cron":
      return { kind, ...common, cron, timezone, overlap: source.overlap ?? "skip", catchup: duration(catchup) ?? 0 };
  }
}

function webhookSignature({ secret, scheme, tolerance }: WebhookSource = {}): WebhookSignature | null {
  if (secret === undefined) return null;
  return { secret, scheme: scheme ?? "standard", tolerance: duration(tolerance ?? "5m") ?? 0 };
}

function stateField(field: JsonObject): StateField {
  const merge = field["merge"] as Merge | undefined;
  return { schema: without(field, "merge"), ...given({ merge }) };
}

function compileGraph(graph: GraphNode, defaults: Defaults): Graph {
  const handled = handledOutcomes(graph);
  return { stages: graph.stages.map((stage) => compileStage(stage, defaults, handled.get(stage) ?? [])) };
}

/** For each stage the outcomes that some edge names, in order of first mention. */
function handledOutcomes(graph: GraphNode): Map<StageNode, string[]> {
  const handled = new Map<StageNode, string[]>();
  for (const { needs } of graph.stages) {
    for (const { edges } of needs) {
      for (const { stage, outcome } of edges) {
        if (stage === undefined || outcome === null) continue;
        const known = handled.get(stage) ?? [];
        if (!known.includes(outcome)) known.push(outcome);
        handled.set(stage, known);
      }
    }
  }
  return handled;
}

function compileStage(stage: StageNode, defaults: Defaults, handled: readonly string[]): StagePlan {
  const source = stage.raw as unknown as StageSource;
  const type = stage.type?.kind ?? "pure";
  const kind = type === "workflow" && source.with?.["detach"] === true ? "effect" : type;
  const effect = kind === "effect";
  const retry = source.retry ?? (effect ? defaults.retry : undefined);
  const timeout = source.timeout ?? (effect ? defaults.timeout : undefined);
  return given({
    id: stage.id,
    index: stage.index,
    title: source.title,
    description: source.description,
    uses: source.uses,
    kind,
    with: source.with === undefined ? undefined : stage.info.with,
    needs: stage.needs.map(compileNeed),
    outcomes: stage.outcomes,
    itemOutcomes:
      stage.itemOutcomes === stage.outcomes || stage.itemOutcomes.length === 1 ? undefined : stage.itemOutcomes,
    handled,
    if: source.if,
    forEach: source.forEach && forEach(source.forEach),
    repeat: source.repeat && repeat(source.repeat),
    retry: retry && compileRetry(retry),
    timeout: duration(timeout),
    totalTimeout: duration(source.totalTimeout),
    onError: errorRules(source.onError),
    compensate: source.compensate && compensate(source.compensate),
    outputs: source.outputs as Templates | undefined,
    set: source.set as Templates | undefined,
    redact: source.redact && pathsOf(source.redact, "outputs"),
    idempotencyKey: source.idempotencyKey,
    delivery: source.delivery ?? "atLeastOnce",
    cache: source.cache && { key: source.cache.key, ttl: duration(source.cache.ttl) ?? 0 },
    ...limitsOf(source, kind),
    priority: source.priority,
    budget: source.budget && { ...source.budget, onExceed: source.budget.onExceed ?? "pause" },
    graph: stage.inner && compileGraph(stage.inner, defaults),
    calls: type === "workflow" ? (source.with?.["workflow"] as string | undefined) : undefined,
  });
}

/** What is computed at once takes no place and no token. */
function limitsOf(
  { concurrency, rateLimit }: StageSource,
  kind: StagePlan["kind"],
): Pick<StagePlan, "concurrency" | "rateLimit"> {
  if (kind === "pure" || kind === "end") return {};
  return given({
    concurrency: concurrency && { group: concurrency.group, limit: concurrency.limit ?? 1 },
    rateLimit: rateLimit && { group: rateLimit.group, limit: rateLimit.limit, per: duration(rateLimit.per) ?? 0 },
  });
}

function compileNeed({ mode, count, rest, edges }: NeedNode): Need {
  return {
    mode,
    edges: edges.map(({ stage, outcome }) => ({ stage: (stage as StageNode).index, outcome })),
    count,
    rest,
  };
}

function forEach(source: NonNullable<StageSource["forEach"]>): ForEachPlan {
  return {
    items: source.items,
    as: source.as ?? "item",
    ...given({ key: source.key }),
    concurrency: source.concurrency ?? 10,
    ...given({ batchSize: source.batchSize }),
    tolerate: source.tolerate ?? {},
    ...given({ completeWhen: source.completeWhen }),
  };
}

function repeat(source: NonNullable<StageSource["repeat"]>): RepeatPlan {
  const { until, maxIterations, delay } = source;
  return { ...given({ until }), maxIterations, delay: duration(delay) ?? 0 };
}

function compileRetry(source: RetrySource): RetryPlan {
  return {
    maxAttempts: source.maxAttempts,
    delay: duration(source.delay) ?? 1_000,
    backoff: source.backoff ?? "exponential",
    factor: source.factor ?? 2,
    maxDelay: duration(source.maxDelay) ?? 300_000,
    jitter: source.jitter ?? "full",
    ...given({ errors: source.errors, if: source.if }),
  };
}

function errorRules(source: OnError | undefined): readonly ErrorRule[] {
  if (source === undefined) return [];
  if (typeof source === "string") return source === "fail" ? [] : [{ do: source }];
  return source.map(({ errors, if: condition, do: action, outputs }) => ({
    ...given({ errors, if: condition }),
    do: action,
    ...given({ outputs: outputs as Templates | undefined }),
  }));
}

function compensate(source: NonNullable<StageSource["compensate"]>): CompensatePlan {
  const { retry, timeout } = source;
  return {
    uses: source.uses,
    ...given({ with: source.with, retry: retry && compileRetry(retry), timeout: duration(timeout) }),
  };
}

function duration(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

function without(schema: JsonObject, key: string): JsonSchema {
  if (!Object.hasOwn(schema, key) || !isObject(schema)) return schema;
  const { [key]: _, ...rest } = schema;
  return rest;
}

/** The same with keys that may be undefined as keys that may be absent. */
type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is undefined: an absent key is absent in the plan. */
function given<T extends object>(fields: T): Given<T> {
  const present: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key];
  return present as never;
}
