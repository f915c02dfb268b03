import type { Knex } from "knex";
import type { Failure } from "../../core/errors.js";
import type { RunStatus } from "../../core/event.js";
import type { JsonObject } from "../../core/json.js";
import type { NewRun, RunFilter, RunRow, Store } from "../../engine/ports.js";
import { checkEvents, firstRow, groupFull, runExists, unknownDefinition, unknownRun } from "../rules.js";
import { putAlerts } from "./alerts.js";
import { decodeValue, encodeEvents, type Payload } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { beginChain } from "./heads.js";
import { insertDataKey } from "./keys.js";
import { keepPayloads } from "./payloads.js";
import { beginsWith } from "./prefix.js";

type Part = Pick<Store, "putDefinition" | "getDefinition" | "createRun" | "runsAhead" | "getRun" | "listRuns">;

export function runs(database: Database): Part {
  return {
    async putDefinition(definition) {
      const row = { ...definition, plan: JSON.stringify(definition.plan) };
      await database.write((queries) => queries.table("definitions").insert(row).onConflict("hash").ignore());
    },
    async getDefinition(hash) {
      const row = await database.read((queries) => queries.table("definitions").where({ hash }).first());
      return row === undefined ? undefined : { ...row, plan: JSON.parse(row.plan) };
    },
    async createRun(run) {
      checkEvents(run.events);
      const payloads: Payload[] = [];
      const { text, head } = beginChain(run.id, encodeEvents(run.events, payloads));
      return database.write(async (queries) => {
        // Asked first: a run that comes between the two questions is found by its key.
        const isTaken = (await queries.table("runs").where({ id: run.id }).first("id")) !== undefined;
        const first = await firstWithKey(queries, run);
        if (first !== undefined) return { run: first, created: false };
        if (isTaken) throw runExists(run.id);
        await admit(queries, run);
        const run_no = await insertRun(queries, { ...columnsOf(firstRow(run)), salt: head.salt, head_hash: head.hash });
        if (run.group !== undefined) await queries.table("run_groups").insert({ run_no, name: run.group.name });
        await insertDataKey(queries, run.dataKey);
        await keepPayloads(queries, payloads);
        await putAlerts(queries, run.id, run.alerts ?? []);
        await queries.raw(database.dialect.journal.begin, [run_no, text]);
        return { run: firstRow(run), created: true };
      });
    },
    runsAhead: (id) => database.read((queries) => ahead(queries, id)),
    getRun: (id) => database.read((queries) => oneRun(queries, { "runs.id": id })),
    async listRuns(filter) {
      return database.read(async (queries) => {
        const query = selectRuns(queries);
        narrow(query, filter);
        if (filter.after !== undefined) await continueBehind(queries, query, filter.after);
        if (filter.limit !== undefined) query.limit(filter.limit);
        const rows: Row[] = await query.orderBy([
          { column: "runs.created_at", order: "desc" },
          { column: "runs.run_no", order: "desc" },
        ]);
        return rows.map(runOf);
      });
    },
  };
}

/** @returns its `run_no` */
export async function insertRun(queries: Queries, row: Readonly<Record<string, unknown>>): Promise<number> {
  const [kept]: { run_no: number }[] = await queries.table("runs").insert(row).returning("run_no");
  return kept!.run_no;
}

async function firstWithKey(queries: Queries, run: NewRun): Promise<RunRow | undefined> {
  if (run.idempotencyKey === undefined) return undefined;
  return oneRun(queries, { "runs.workflow": run.workflow, "runs.idempotency_key": run.idempotencyKey });
}

async function admit(queries: Queries, run: NewRun): Promise<void> {
  const known = await queries.table("definitions").where({ hash: run.definition }).first("hash");
  if (!known) throw unknownDefinition(run.definition);
  const { name, limit } = run.group ?? {};
  if (name === undefined || limit === undefined) return;
  await queries.alone("run_groups");
  const open: readonly string[] = await ofGroup(queries).where({ name }).limit(limit).pluck("runs.id");
  if (open.length >= limit) throw groupFull(name, limit);
}

/** Runs of a group that have not ended, oldest first. */
function ofGroup(queries: Queries): Knex.QueryBuilder {
  return queries
    .table("runs")
    .join("run_groups", "run_groups.run_no", "runs.run_no")
    .whereNull("runs.ended_at")
    .orderBy("runs.run_no");
}

async function ahead(queries: Queries, id: string): Promise<readonly string[]> {
  const own = await queries.table("runs").where({ id }).first("run_no");
  if (own === undefined) throw unknownRun(id);
  const group = await queries.table("run_groups").where({ run_no: own.run_no }).first("name");
  if (group === undefined) return [];
  return ofGroup(queries).where({ name: group.name }).where("runs.run_no", "<", own.run_no).pluck("runs.id");
}

function narrow(query: Knex.QueryBuilder, filter: RunFilter): void {
  if (filter.status !== undefined) query.whereIn("runs.status", [...filter.status]);
  if (filter.workflow !== undefined) query.where("runs.workflow", filter.workflow);
  if (filter.since !== undefined) query.where("runs.created_at", ">=", filter.since);
  if (filter.before !== undefined) query.where("runs.created_at", "<", filter.before);
  if (filter.idPrefix !== undefined) beginsWith(query, "runs.id", filter.idPrefix);
}

async function continueBehind(queries: Queries, query: Knex.QueryBuilder, id: string): Promise<void> {
  type Place = { created_at: number; run_no: number };
  const last: Place | undefined = await queries.table("runs").where({ id }).first("created_at", "run_no");
  if (last === undefined) throw unknownRun(id);
  query.whereRaw("(runs.created_at, runs.run_no) < (?, ?)", [last.created_at, last.run_no]);
}

interface Row {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly definition: string;
  readonly status: RunStatus;
  readonly created_by: string;
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

function selectRuns(queries: Queries): Knex.QueryBuilder {
  return queries
    .table("runs")
    .leftJoin("payloads", "payloads.hash", "runs.outputs_ref")
    .select("runs.*", "payloads.body as outputs_body");
}

async function oneRun(queries: Queries, where: Readonly<Record<string, string>>): Promise<RunRow | undefined> {
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

function runOf(row: Row): RunRow {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    definition: row.definition,
    status: row.status,
    by: row.created_by,
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
