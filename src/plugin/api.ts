/**
 * The public door: everything a plugin may use, imported as `stagecraft/plugin`.
 * First-party plugins use nothing else.
 */
import type { Actor, ApprovalRequest } from "../core/approval.js";
import type { Issue } from "../core/diagnostic.js";
import type { Usage, Waiting } from "../core/event.js";
import type { Json, JsonObject, JsonSchema } from "../core/json.js";
import type { Price } from "../core/price.js";
import type { CodeInfo } from "./code.js";
import type { AgentReply, AgentRequest } from "./exchange.js";
import type { Directory, SecretsProvider } from "./project.js";
import type { StageInfo, StageIssue, StageTemplate } from "./stage-info.js";
import type { AttemptInfo, Cut, Logger, Rate, RunInfo } from "./surroundings.js";

export { DURATION_PATTERN, formatDuration, parseDuration } from "../core/duration.js";
export { StageError } from "../core/errors.js";
export {
  compileExpression,
  Decimal,
  Duration,
  type EvaluateOptions,
  type Expression,
  ExpressionError,
  type ExpressionIssue,
  type Names,
  type Reference,
  Timestamp,
  toJson,
  type Value,
} from "../core/expression/index.js";
export {
  type CompiledTemplate,
  compileTemplate,
  type Embedded,
  findExpressions,
} from "../core/expression/template.js";
export { isObject } from "../core/json.js";
export { costOf, type PriceRow, paidAt, priceOfRow, priceRowOf } from "../core/price.js";
export { nearest } from "../core/suggest.js";
export type { CodeInfo } from "./code.js";
export type { AgentAttachment, AgentMessage, ToolCall } from "./exchange.js";
export type { Directory, DirectoryContext, DirectoryPerson, SecretsProvider } from "./project.js";
export { isRetryableStatus, retryAfterMs } from "./remote.js";
export type {
  Actor,
  AgentReply,
  AgentRequest,
  ApprovalRequest,
  Cut,
  Issue,
  Json,
  JsonObject,
  JsonSchema,
  Logger,
  Price,
  Rate,
  RunInfo,
  StageInfo,
  StageIssue,
  StageTemplate,
  Usage,
  Waiting,
};

/** Versions of this door the engine can open to. */
export const SUPPORTED_API_VERSIONS = [1] as const;

/** What a plugin file exports by default. */
export interface Plugin {
  /** kebab-case; `vendor/name` for what is published. */
  readonly name: string;
  readonly version: string;
  readonly apiVersion: 1;
  readonly stages?: readonly StageType[];
  readonly providers?: readonly AgentProvider[];
  readonly tools?: readonly Tool[];
  readonly notifiers?: readonly Notifier[];
  readonly secrets?: readonly SecretsProvider[];
  readonly directories?: readonly Directory[];
  /** Schemas of one entry of the definition's `agents` and `rulesets`, for the plugin that gives them meaning. */
  readonly definitions?: { readonly agents?: JsonSchema; readonly rulesets?: JsonSchema };
  /** What the codes of its stage types' checks mean: said by `stagecraft validate --explain CODE` and in the reference. */
  readonly codes?: readonly CodeInfo[];
}

/** What a stage did. `outcome` only for types with named outcomes. */
export interface StageResult {
  readonly outputs: JsonObject;
  readonly outcome?: string;
  /** Why: kept in the journal and shown by `runs show`; rules put the matched rows here. */
  readonly explain?: Json;
  readonly usage?: Usage;
}

/** What an operator opens with `allow:` in the project's configuration, and what is closed without it. */
export type Permission = "shell";

interface StageTypeBase {
  /** `approval`, or `vendor/name` from a published plugin. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** One or more YAML stages, for docs and the editor. */
  readonly examples?: readonly string[];
  /**
   * Of `with`, after expressions are evaluated. An object schema; unknown keys are errors. A field with `"x-schema": true`
   * holds a JSON Schema itself, and what is wrong with that is said before the run.
   */
  readonly input: JsonSchema;
  /** Of `outputs`; a function where it depends on `with`. */
  readonly output: JsonSchema | ((info: StageInfo) => JsonSchema);
  /** Named outcomes; without it a stage of this type ends `succeeded`. */
  readonly outcomes?: readonly string[] | ((info: StageInfo) => readonly string[]);
  /**
   * Fields of `with` whose text a shell, a database or a network reads as its own language: text that comes from
   * outside is reported there before the run. Numbers, enums and texts with a plain `pattern` are fine.
   */
  readonly sensitive?: Readonly<Record<string, "shell" | "sql" | "url">>;
  /** What the operator must have allowed for stages of this type to be valid, and to run. */
  readonly permission?: Permission;
  /** Texts of the definition that it fills in from its input: their expressions are checked with the types of that. */
  readonly templates?: (info: StageInfo) => readonly StageTemplate[];
  /** Findings before the run, beyond what `input` says. */
  readonly check?: (info: StageInfo) => readonly StageIssue[];
}

/** A function of its input: no clock, no random, no I/O. Replayed freely. */
export interface PureStageType extends StageTypeBase {
  readonly kind: "pure";
  /** True: it may stand there only to fail, so that nobody has to read what it gives. */
  readonly guards?: boolean;
  run(input: JsonObject, context: PureContext): StageResult | Promise<StageResult>;
  /**
   * What its result depends on, so that a proof before the run can try every case. Nothing else of its input may
   * matter. Undefined: that cannot be said.
   */
  readonly cuts?: (info: StageInfo) => readonly Cut[] | undefined;
}

/** Touches the world. Its end is recorded once; its attempts may repeat after a crash, with the same idempotency key. */
export interface EffectStageType extends StageTypeBase {
  readonly kind: "effect";
  /** True: harmless to repeat (a read), so its start need not be on disk first. */
  readonly safeToRepeat?: boolean;
  /** True: it leaves nothing behind that a rollback could take back (a read, an answer, a message). */
  readonly leavesNothing?: boolean | ((info: StageInfo) => boolean);
  /** True: done twice it has happened twice, for no idempotency key can reach it. A `retry` is warned of then. */
  readonly repeats?: boolean | ((info: StageInfo) => boolean);
  run(input: JsonObject, context: StageContext): Promise<StageResult>;
}

/** Waits for a person, an event or a time; holds nothing meanwhile. `open` is pure. */
export interface WaitStageType extends StageTypeBase {
  readonly kind: "wait";
  open(input: JsonObject, context: PureContext): Waiting;
  /** Milliseconds it waits at most, where that is written out. */
  readonly lasts?: (info: StageInfo) => number | undefined;
}

/** The engine itself gives these meaning: they open a scope or end the run. */
export interface StructuralStageType extends StageTypeBase {
  readonly kind: "group" | "workflow" | "end";
}

export type StageType = PureStageType | EffectStageType | WaitStageType | StructuralStageType;

export interface PureContext {
  /** Milliseconds since the epoch, as recorded for this stage: a replay sees the same. */
  readonly now: number;
  readonly run: RunInfo;
  /** Milliseconds since the epoch. */
  readonly runStartedAt: number;
  readonly agents: Readonly<Record<string, JsonObject>>;
  readonly rulesets: Readonly<Record<string, JsonObject>>;
}

/** What an effect may touch. Hand it on as it is, or by `changed`: spreading it copies its facts, not what it can do. */
export interface StageContext extends PureContext, AttemptInfo {
  /** Aborted on timeout, cancel, lost lease and shutdown. An effect that ignores it is abandoned. */
  readonly signal: AbortSignal;
  /**
   * Runs `step` once: its result is on disk before this returns, and a later attempt gets it without a call. A step that
   * costs money says the most it can use: that is reserved before it runs.
   * @throws StageError `budget-exceeded`, `budget-price-unknown`, before it runs
   */
  record<T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>, estimate?: Usage): Promise<T>;
  /**
   * Waits until it may take what it needs of rates that all processes share: all of it at once, in the order of asking.
   * `key` names this taking within the attempt, which takes nothing twice. @throws what `signal` was aborted with
   */
  takeTokens(key: string, rates: readonly Rate[]): Promise<void>;
  /** What that taking came to, by the costs of the same groups: less makes room for others at once; 0 was not used at all. */
  settleTokens(key: string, rates: readonly Rate[]): Promise<void>;
  /**
   * Makes one request to the host of `url`, answer included, once the project's limit for it allows: in the order of
   * asking, and without holding one of the engine's slots meanwhile. @throws what `signal` was aborted with
   */
  atHost<T>(url: string, request: () => Promise<T>): Promise<T>;
  /**
   * Says an event to every run that waits for it, once however often this stage is attempted, and gives how many they
   * are. To fewer than `atLeast` it is not said at all.
   */
  emit(name: string, data: Json, atLeast: number): Promise<number>;
  /** Absolute path of a project file. @throws StageError `path-outside-project` */
  file(path: string): string;
  /** What live views show of it now, in place of what was said before: nothing depends on it, nothing keeps it. */
  progress(message: string): void;
  /** What the project's own price table says a model costs today. It goes before what a provider lists. */
  agreedPrice(provider: string, model: string): Price | undefined;
  /** @throws StageError `unknown-provider` */
  agentProvider(name: string): AgentProvider;
  /** @throws StageError `unknown-tool` */
  tool(name: string): Tool;
  /** @throws StageError `unknown-notifier` */
  notifier(name: string): Notifier;
  /** Names of environment variables that are set and not empty; values of no others are to be had. */
  hasEnv(name: string): boolean;
  env(name: string): string | undefined;
}

export interface AgentProvider {
  readonly name: string;
  readonly title: string;
  /** The model that would answer where the agent names none. */
  model?(request: AgentRequest, context: StageContext): string;
  /** What the model that would answer costs; null where that is not known, as it is without this function. */
  price?(request: AgentRequest, context: StageContext): Price | null;
  /** Does it look at files of this media type? Without this function it looks at none, and is given none. */
  takes?(mediaType: string): boolean;
  /** One turn. @throws StageError, retryable where another try may succeed */
  complete(request: AgentRequest, context: StageContext): Promise<AgentReply>;
}

export interface Tool {
  /** `http.get`: what an agent's `tools` list names. */
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** Of what an agent may say beside the tool's name: `{ tool: http.get, with: { hosts: [erp.internal] } }`. */
  readonly settings?: JsonSchema;
  run(input: JsonObject, context: StageContext, settings?: JsonObject): Promise<Json>;
}

/** What a notifier may touch. A stage's own context is one. */
export interface NotifyContext
  extends Pick<StageContext, "now" | "run" | "idempotencyKey" | "signal" | "env" | "atHost"> {
  /** What it is about, where it is not a stage that says something: `alert.failed`. */
  readonly kind?: string;
}

export interface Notifier {
  readonly name: string;
  /** Of the channel's settings, beside `message`. */
  readonly input: JsonSchema;
  send(notification: JsonObject, context: NotifyContext): Promise<JsonObject>;
}

/** Identity with types. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** Identity with types, for one stage. */
export function defineStage<T extends StageType>(stage: T): T {
  return stage;
}

/** The same context with some things changed, such as another signal for a part of the work. */
export function changed(context: StageContext, changes: Partial<StageContext>): StageContext {
  return new Proxy(context, {
    get: (whole, name) => Reflect.get(Object.hasOwn(changes, name) ? changes : whole, name),
  });
}
