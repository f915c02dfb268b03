/**
 * What the engine needs from the outside. Implementations live in `store`, `backend` and the composition root.
 *
 * Order: a run's events are committed in sequence, by the one holder of its lease. Concurrency: `commit` is called once
 * at a time a process; everything else may run beside it. Isolation: a commit's parts become visible together.
 */

import type { AlertFact } from "../core/alert.js";
import type { Actor, ApprovalRequest, Decision } from "../core/approval.js";
import type { Event, Recorded, StagePath } from "../core/event.js";
import type { Json, JsonObject, JsonSchema } from "../core/json.js";
import type { PriceRow } from "../core/price.js";
import type { Logger } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";
import type { AlertStore } from "./alert-store.js";
import type { AuditStore } from "./audit-store.js";
import type { AttemptNews } from "./away/news.js";
import type { Cassette } from "./cassettes.js";
import type { EmissionStore } from "./emission-store.js";
import type { ApprovalFilter, ApprovalRow, RunFilter, RunRow, StoredDefinition } from "./kept.js";
import type { DataKey, KeyStore } from "./key-store.js";
import type { Ledger } from "./ledger.js";
import type { LimitStore } from "./limit-store.js";
import type { NudgeStore } from "./nudge-store.js";
import type { OccurrenceStore } from "./occurrence-store.js";
import type { ResourceStore } from "./resource-store.js";
import type { ScheduleStore } from "./schedule-store.js";
import type { SummaryStore } from "./summary-store.js";
import type { Tracer } from "./tracer.js";
import type { Upkeep } from "./upkeep.js";
import type { VaultStore } from "./vault-store.js";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `wake` once `at` has come; returns how to call it off. */
  at(at: number, wake: () => void): () => void;
  /** Calls `tick` every so many milliseconds whatever is done to the time of day; returns how to stop it. */
  every(interval: number, tick: () => void): () => void;
}

/** What a workflow's `secrets` stand for. */
export interface Secrets {
  /** Undefined: there is no such secret. */
  get(name: string): Promise<string | undefined>;
}

/** Everything the engine is given. */
export interface Host {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly secrets: Secrets;
  readonly owner: Owner;
  readonly log: Logger;
  /** Effects in flight at a time, over all runs of this process. */
  readonly concurrency: number;
  /** Requests of this process at a time to one host, by its name; without it, as many as there are effects. */
  readonly hosts?: ReadonlyMap<string, number>;
  /** The project's own price table. */
  readonly prices?: readonly PriceRow[];
  /** Events of a run between two snapshots of its state; without it, some thousands. */
  readonly snapshotEvery?: number;
  /** What is wrong with a value, in words, or undefined. Compiles each schema once. */
  validate(schema: JsonSchema, value: Json): string | undefined;
  /** A new run id: unique, and later ids sort after earlier ones. */
  newId(): string;
  /** Hex. */
  sha256(text: string): string;
  /** @throws StageError `path-outside-project` */
  file(path: string): string;
  env(name: string): string | undefined;
  /** Shows what runs do to others; without it, nobody is shown. */
  readonly tracer?: Tracer;
  /** Stands before every agent provider. */
  readonly cassette?: Cassette;
  /** The notifier behind a channel and what it is given; without it approvers are told nothing. */
  channel?(name: string): { readonly via: string; readonly settings: JsonObject };
}

export interface NewRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly definition: string;
  readonly by: string;
  readonly at: number;
  /** Default 0. */
  readonly priority?: number;
  readonly idempotencyKey?: string;
  /** With `limit`, the run is refused where so many of the group have not ended. */
  readonly group?: { readonly name: string; readonly limit?: number };
  /** What there will be to tell of it because it takes its time, whether or not anybody ever drives it. */
  readonly alerts?: readonly AlertFact[];
  /** The key of its data, where that is sealed. */
  readonly dataKey?: DataKey;
  /** The first events of the journal, `runStarted` first. */
  readonly events: readonly Event[];
}

/** A request from outside, waiting for the lease holder. Ids grow in order of arrival. */
export interface InboxMessage {
  readonly id: number;
  readonly run: string;
  readonly at: number;
  readonly body: InboxBody;
}

export type InboxBody =
  | { readonly type: "decision"; readonly approval: string; readonly stage: StagePath; readonly decision: Decision }
  | { readonly type: "event"; readonly name: string; readonly data: Json; readonly by: string }
  | { readonly type: "cancel"; readonly by: string; readonly reason?: string }
  | { readonly type: "pause"; readonly by: string; readonly reason?: string }
  | { readonly type: "resume"; readonly by: string }
  | { readonly type: "raise"; readonly by: string; readonly usd?: number; readonly tokens?: number }
  | { readonly type: "retry"; readonly by: string; readonly stage?: StagePath }
  | { readonly type: "skip"; readonly by: string; readonly stage: StagePath; readonly outputs?: JsonObject }
  | { readonly type: "rollback"; readonly by: string; readonly reason?: string }
  | AttemptNews;

/** What one run adds in one commit. */
export interface CommitEntry {
  readonly run: string;
  readonly epoch: number;
  /** The seq of the journal's last event before this commit; anything else on disk is a lost lease. */
  readonly expectedSeq: number;
  readonly events: readonly Event[];
  readonly row: RunPatch;
  /** The run is pinned to another definition, which is kept already. */
  readonly definition?: { readonly hash: string; readonly version: string } | undefined;
  readonly leaseUntil: number;
  /** Approvals that open with this commit, and those that close because their stage ended without a decision. */
  readonly opened: readonly ApprovalRow[];
  readonly closed: readonly { readonly id: string; readonly at: number }[];
  /** Approvals others may decide from now on, too. */
  readonly widened: readonly { readonly id: string; readonly request: ApprovalRequest }[];
  /** What somebody is to be told of because of these events. One that is known already is passed over. */
  readonly alerts?: readonly AlertFact[] | undefined;
  /** Inbox messages these events came from; they are gone with this commit. */
  readonly consumed: readonly number[];
}

export type RunPatch = Pick<
  RunRow,
  "status" | "updatedAt" | "endedAt" | "stages" | "ended" | "failed" | "wakeAt" | "waitingFor" | "outputs" | "error"
>;

/** `fenced`: another holder has written; the run is no longer ours and nothing of this entry was kept. */
export type CommitOutcome = "done" | "fenced";

/** The right to append to one run's journal until `until`, fenced by `epoch`. */
export interface Lease {
  readonly run: string;
  readonly owner: string;
  readonly epoch: number;
  readonly until: number;
  readonly headSeq: number;
}

/** Names a process on a machine, so that a dead owner on the same machine is known at once. */
export interface Owner {
  readonly name: string;
  /** True when the process behind `name` is known to be dead (same machine, no such process). Unknown is false. */
  isDead(name: string): boolean;
}

/** A result that other runs may take. */
export interface CachedResult {
  readonly outputs: JsonObject;
  readonly outcome?: string;
  /** The run that worked for it. */
  readonly run: string;
}

/**
 * Keeps journals, leases, payloads and listings.
 *
 * Whatever a method acknowledged is on disk. What it is given it never changes, and events are taken as immutable.
 * Faults end in `StagecraftError` of kind `environment`: `store-locked`, `store-readonly`, `store-full`, `store-corrupt`,
 * `store-foreign`, `store-newer`, `store-driver`, `store-io`. A method that names a run which does not exist throws
 * `unknown-run`, except where it says undefined or a list. One value over `LIMITS.payloadBytes` is refused with
 * `payload-too-large` before anything is written.
 */
export interface Store
  extends AlertStore,
    AuditStore,
    EmissionStore,
    KeyStore,
    VaultStore,
    Ledger,
    LimitStore,
    NudgeStore,
    OccurrenceStore,
    ResourceStore,
    ScheduleStore,
    SummaryStore,
    Upkeep {
  /** What it keeps ends with the process: a snapshot saves nobody a fold, and its commits wait for nothing. */
  readonly isVolatile?: true;

  /**
   * Creates or migrates what is kept; several processes may do so at once.
   * @throws StagecraftError `store-newer` when it was written by a newer version
   */
  open(): Promise<void>;
  close(): Promise<void>;

  putDefinition(definition: StoredDefinition): Promise<void>;
  getDefinition(hash: string): Promise<StoredDefinition | undefined>;

  /**
   * A `queued` run with its first events. With an idempotency key already used for this workflow, returns that run and
   * creates nothing. @throws StagecraftError `unknown-definition`, `run-exists`, `group-full`
   */
  createRun(run: NewRun): Promise<{ readonly run: RunRow; readonly created: boolean }>;
  getRun(id: string): Promise<RunRow | undefined>;
  /** Runs of the same group that were created before it and have not ended, oldest first. */
  runsAhead(run: string): Promise<readonly string[]>;
  /** Newest first. */
  listRuns(filter: RunFilter): Promise<readonly RunRow[]>;
  /** Events with `seq` greater than `after`, in order; at most `limit`. */
  readEvents(run: string, after?: number, limit?: number): Promise<readonly Recorded[]>;

  /**
   * The lease, or undefined when a live owner holds it (this one included). Never waits for it.
   * A lease is over at its `until`; a dead owner's is taken at once.
   */
  claim(run: string, owner: Owner, now: number, until: number): Promise<Lease | undefined>;
  /** False: the lease was lost. */
  renew(lease: Lease, until: number): Promise<boolean>;
  /** Commits under a released lease are fenced. Releasing a lost one does nothing. */
  release(lease: Lease): Promise<void>;
  /**
   * Ids of runs nobody alive holds that have something to do: queued, running or rolling back, an inbox message,
   * or a due timer. The oldest run of each workflow first, those of which fewer are driven before others.
   */
  claimable(owner: Owner, now: number, limit: number): Promise<readonly string[]>;

  /**
   * All entries in one transaction, in order; a fenced one is left out and the others kept. Anything thrown means that
   * nothing of any entry was kept. A stage instance that did its work (any outcome but skipped, failed, omitted,
   * cancelled) is never recorded as having done it again: that, and an approval id already taken, is thrown as a bug.
   */
  commit(entries: readonly CommitEntry[]): Promise<readonly CommitOutcome[]>;

  /** Durable when it returns. */
  post(run: string, body: InboxBody, at: number): Promise<void>;
  inbox(run: string): Promise<readonly InboxMessage[]>;
  /** Oldest first. */
  listApprovals(filter: ApprovalFilter): Promise<readonly ApprovalRow[]>;
  /** Posts a decision to the run's inbox and adds it, as `listed` where it shows less, in one transaction: if the row is still at `version`. */
  decideApproval(row: ApprovalRow, decision: Decision, settled?: string, listed?: Decision): Promise<boolean>;
  /**
   * Open → expired. False: it was decided first (the decision is in the inbox), or closed. True also when it had
   * expired already. @throws StagecraftError `unknown-approval`
   */
  expireApproval(id: string, at: number): Promise<boolean>;

  /** What was last put under this name, unless its time is over. */
  cached(name: string, now: number): Promise<CachedResult | undefined>;
  /** Kept while the time is before `until`; what is over at `now` is thrown away. */
  putCached(name: string, result: CachedResult, now: number, until: number): Promise<void>;
}

/** Hears every event after it is on disk, in journal order. Must not throw. */
export type Listener = (run: string, events: readonly Recorded[]) => void;

export type * from "./alert-store.js";
export type * from "./emission-store.js";
export type * from "./kept.js";
export type * from "./key-store.js";
export type * from "./ledger.js";
export type * from "./limit-store.js";
export type * from "./nudge-store.js";
export type * from "./occurrence-store.js";
export type * from "./resource-store.js";
export type * from "./schedule-store.js";
export type * from "./summary-store.js";
export type * from "./tracer.js";
export type * from "./upkeep.js";
export type * from "./vault-store.js";
export type { Actor, AuditStore };
