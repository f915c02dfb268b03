/** What a store keeps, as others read it. */
import type { ApprovalRequest, Decision } from "../core/approval.js";
import type { Failure } from "../core/errors.js";
import type { RunStatus, StagePath } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";

/** A definition as kept: content-addressed by `hash` (sha256 hex of the canonical plan). */
export interface StoredDefinition {
  readonly hash: string;
  readonly id: string;
  readonly version: string;
  /** The YAML it came from. */
  readonly source: string;
  readonly plan: Plan;
  readonly at: number;
}

/** The list row of a run: a projection, always rebuildable from its journal. */
export interface RunRow {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly definition: string;
  readonly status: RunStatus;
  readonly by: string;
  /** The higher goes first where runs wait for a process. */
  readonly priority: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  /** Stage instances: known so far, ended, failed. */
  readonly stages: number;
  readonly ended: number;
  readonly failed: number;
  /** When the run must be looked at again though nobody calls: the earliest timer. */
  readonly wakeAt: number | null;
  /** What it waits for, for people: `approval managerApproval`. */
  readonly waitingFor: string | null;
  readonly outputs: JsonObject | null;
  readonly error: Failure | null;
  readonly idempotencyKey: string | null;
  /** Events in the journal. */
  readonly headSeq: number;
  /** The lease: who may append, until when, and the fencing token. */
  readonly owner: string | null;
  readonly leaseUntil: number | null;
  readonly epoch: number;
}

export type ApprovalStatus = "open" | "decided" | "expired" | "closed";

/** One approval as other processes see and decide it. */
export interface ApprovalRow {
  /** Short and unique among all runs; what people type. */
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly stage: StagePath;
  readonly request: ApprovalRequest;
  readonly status: ApprovalStatus;
  readonly decisions: readonly Decision[];
  /** The outcome the decisions came to, or `expired`. */
  readonly outcome: string | null;
  readonly openedAt: number;
  readonly expiresAt: number | null;
  readonly settledAt: number | null;
  /** Grows with every change: compare-and-set. */
  readonly version: number;
}

export interface RunFilter {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  /** Created at or after, before: milliseconds. */
  readonly since?: number;
  readonly before?: number;
  /** Continue behind this run, the last of the page before. */
  readonly after?: string;
  /** Without it, all. */
  readonly limit?: number;
  /** Unique prefix search. */
  readonly idPrefix?: string;
}

export interface ApprovalFilter {
  readonly run?: string;
  readonly status?: readonly ApprovalStatus[];
  readonly idPrefix?: string;
}
