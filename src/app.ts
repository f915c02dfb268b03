/**
 * The composition root: the only file that knows every room. The command line and the server talk to `App`.
 */
import type { Config } from "./config.js";
import type { Actor } from "./core/approval.js";
import { type Failure, StagecraftError } from "./core/errors.js";
import type { StagePath, Usage, Waiting } from "./core/event.js";
import type { Json, JsonObject } from "./core/json.js";
import type { Plan } from "./core/plan.js";
import type { Reading } from "./definition/index.js";
import type { ApprovalRow, InboxBody, Listener, RunRow, Store } from "./engine/ports.js";
import type { Registry } from "./plugin/registry.js";

export { checkInputs, coerceInput, workflowSchema } from "./definition/index.js";
export type { ApprovalRow, InboxBody, Listener, Reading, Registry, RunRow, Store };

export interface LoadedDefinition {
  readonly file: string;
  readonly text: string;
  readonly reading: Reading;
  readonly hash?: string;
}

export interface DefinitionEntry {
  readonly id: string;
  readonly file: string;
  readonly title?: string;
  readonly version?: string;
  readonly domain?: string;
}

/** One stage instance of a run, folded from its journal. No `outcome`: it has not ended; no `startedAt`: not begun. */
export interface StageView {
  readonly path: StagePath;
  readonly title?: string;
  readonly uses: string;
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
}

/** A run and its stages, in the order in which they came to be known. */
export interface RunView {
  readonly run: RunRow;
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly stages: readonly StageView[];
}

export interface StartOptions {
  readonly inputs: JsonObject;
  readonly by: Actor;
  readonly provider?: string;
}

export interface DriveOptions {
  /** Milliseconds to wait for a timer or another process before giving the run back. */
  readonly patience: number;
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
}

export interface DecideOptions {
  readonly by: Actor;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
}

export interface App {
  readonly config: Config;
  registry(): Promise<Registry>;
  /** By id among the project's definitions, or by path. */
  read(definition: string): Promise<LoadedDefinition>;
  definitions(): Promise<readonly DefinitionEntry[]>;
  store(): Promise<Store>;
  /** Created and durable, not yet driven. */
  start(definition: LoadedDefinition, options: StartOptions): Promise<RunRow>;
  /** Drives until the run ends, pauses, or only waits for what will not come within `patience`. */
  drive(run: string, options: DriveOptions): Promise<RunRow>;
  /** By id, unique prefix, or `last`. @throws StagecraftError `unknown-run`, `ambiguous-run` */
  findRun(idOrPrefixOrLast: string): Promise<RunRow>;
  view(run: string): Promise<RunView>;
  /** @throws StagecraftError `unknown-approval`, `ambiguous-approval` */
  findApproval(idOrPrefix: string): Promise<ApprovalRow>;
  /** @throws StagecraftError of kind `denied` */
  decide(approval: string, options: DecideOptions): Promise<ApprovalRow>;
  send(run: string, body: InboxBody): Promise<void>;
  /** From the configured identities and the OS user. */
  actor(as?: string): Actor;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
}

export function openApp(_options: AppOptions): App {
  throw new StagecraftError("internal", "the engine has not landed yet", { kind: "bug" });
}
