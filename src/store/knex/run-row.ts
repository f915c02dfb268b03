import type { Knex } from "knex";
import type { Failure } from "../../core/errors.js";
import type { RunStatus } from "../../core/event.js";
import type { JsonObject } from "../../core/json.js";
import type { RunRow } from "../../engine/ports.js";
import { decodeValue } from "./codec.js";
import type { Queries } from "./database.js";

export interface Row {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly definition: string;
  readonly status: RunStatus;
  readonly created_by: string;
  readonly priority: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly ended_at: number | null;
  readonly stages: number;
  readonly ended: number;
  readonly failed: number;
  readonly wake_at: number | null;
  readonly waiting_for: string | null;
  readonly outputs: string | null;
  readonly outputs_body: string | null;
  readonly error: string | null;
  readonly idempotency_key: string | null;
  readonly head_seq: number;
  readonly owner: string | null;
  readonly lease_until: number | null;
  readonly epoch: number;
}

export function selectRuns(queries: Queries): Knex.QueryBuilder {
  return queries
    .table("runs")
    .leftJoin("payloads", "payloads.hash", "runs.outputs_ref")
    .select("runs.*", "payloads.body as outputs_body");
}

export async function oneRun(queries: Queries, where: Readonly<Record<string, string>>): Promise<RunRow | undefined> {
  const row: Row | undefined = await selectRuns(queries).where(where).first();
  return row === undefined ? undefined : runOf(row);
}

/** Of a run just created: it has no outputs and no error yet. */
export function columnsOf(row: RunRow): Omit<Row, "outputs_body"> {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    definition: row.definition,
    status: row.status,
    created_by: row.by,
    // An archive of before there were any has none.
    priority: row.priority ?? 0,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    ended_at: row.endedAt,
    stages: row.stages,
    ended: row.ended,
    failed: row.failed,
    wake_at: row.wakeAt,
    waiting_for: row.waitingFor,
    outputs: null,
    error: null,
    idempotency_key: row.idempotencyKey,
    head_seq: row.headSeq,
    owner: row.owner,
    lease_until: row.leaseUntil,
    epoch: row.epoch,
  };
}

/** As others read it. */
export function runOf(row: Row): RunRow {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    definition: row.definition,
    status: row.status,
    by: row.created_by,
    priority: row.priority,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
    stages: row.stages,
    ended: row.ended,
    failed: row.failed,
    wakeAt: row.wake_at,
    waitingFor: row.waiting_for,
    outputs: decodeValue(row.outputs, row.outputs_body) as JsonObject | null,
    error: decodeValue(row.error, null) as Failure | null,
    idempotencyKey: row.idempotency_key,
    headSeq: row.head_seq,
    owner: row.owner,
    leaseUntil: row.lease_until,
    epoch: row.epoch,
  };
}
