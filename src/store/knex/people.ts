import type { Knex } from "knex";
import type { ApprovalRequest } from "../../core/approval.js";
import type { StagePath } from "../../core/event.js";
import type { ApprovalRow, ApprovalStatus, CommitEntry, InboxBody, InboxMessage, Store } from "../../engine/ports.js";
import { checkBody, decisionBody, unknownApproval, unknownRun } from "../rules.js";
import { decodeValue } from "./codec.js";
import type { Bindings, Database, Queries } from "./database.js";
import type { EncodedEntry } from "./entry.js";
import { beginsWith } from "./prefix.js";
import { together } from "./together.js";

type Part = Pick<Store, "post" | "inbox" | "listApprovals" | "decideApproval" | "expireApproval">;

/** What comes from outside the lease holder: messages and decisions. */
export function people(database: Database): Part {
  const post = together((posts: readonly Post[]) => postAll(database, posts));
  return {
    async post(run, body, at) {
      checkBody(body);
      await post({ run, body: JSON.stringify(body), at });
    },
    inbox: together((runs: readonly string[]) => inboxes(database, runs)),
    async listApprovals(filter) {
      const rows: Row[] = await database.read((queries) => {
        const query = selectApprovals(queries);
        if (filter.run !== undefined) query.where("runs.id", filter.run);
        if (filter.status !== undefined) query.whereIn("approvals.status", [...filter.status]);
        if (filter.idPrefix !== undefined) beginsWith(query, "approvals.id", filter.idPrefix);
        return query.orderBy(["approvals.opened_at", "approvals.approval_no"]);
      });
      return rows.map(approvalOf);
    },
    async decideApproval({ id, version }, decision, settled, listed = decision) {
      checkBody(decisionBody({ id, stage: "" }, decision));
      return database.write(async (queries) => {
        const row: Row | undefined = await selectApprovals(queries)
          .where({ "approvals.id": id, "approvals.version": version, "approvals.status": "open" })
          .first();
        if (row === undefined) return false;
        const decisions = JSON.stringify([...JSON.parse(row.decisions), listed]);
        const end = settled === undefined ? {} : { status: "decided", outcome: settled, settled_at: decision.at };
        const mine: Knex.QueryBuilder = queries.table("approvals").where({ id, version, status: "open" });
        const kept = await mine.update({ decisions, version: version + 1, ...end }).returning("id");
        if (kept.length === 0) return false;
        const body = JSON.stringify(decisionBody(row, decision));
        await queries.raw(insertion(1), insertionOf([{ run: row.run, body, at: decision.at }]));
        return true;
      });
    },
    async expireApproval(id, at) {
      return database.write(async (queries) => {
        const row: { status: ApprovalStatus } | undefined = await queries
          .table("approvals")
          .where({ id })
          .first("status");
        if (row === undefined) throw unknownApproval(id);
        if (row.status !== "open") return row.status === "expired";
        return settle(queries, id, { status: "expired", outcome: "expired", settled_at: at });
      });
    },
  };
}

export async function openApprovals(queries: Queries, run: string, opened: EncodedEntry["opened"]): Promise<void> {
  for (const { row, request } of opened) {
    await queries.table("approvals").insert({
      id: row.id,
      run_no: queries.table("runs").select("run_no").where({ id: run }),
      workflow: row.workflow,
      stage: row.stage,
      request: request.text,
      request_ref: request.ref,
      status: row.status,
      decisions: JSON.stringify(row.decisions),
      outcome: row.outcome,
      opened_at: row.openedAt,
      expires_at: row.expiresAt,
      settled_at: row.settledAt,
      version: row.version,
    });
  }
}

export async function widenApprovals(queries: Queries, widened: EncodedEntry["widened"]): Promise<void> {
  for (const { id, request } of widened) {
    const query: Knex.QueryBuilder = queries.table("approvals").where({ id, status: "open" });
    await query.increment("version", 1).update({ request: request.text, request_ref: request.ref });
  }
}

export async function closeApprovals(queries: Queries, closed: CommitEntry["closed"]): Promise<void> {
  for (const { id, at } of closed) await settle(queries, id, { status: "closed", settled_at: at });
}

/** @returns false where it was open no more */
async function settle(queries: Queries, id: string, end: object): Promise<boolean> {
  const query: Knex.QueryBuilder = queries.table("approvals").where({ id, status: "open" });
  const kept: readonly unknown[] = await query.increment("version", 1).update(end).returning("id");
  return kept.length > 0;
}

const IDS_AT_ONCE = 500;

export async function consumeMessages(queries: Queries, run: string, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const mine = queries.table("runs").select("run_no").where({ id: run });
    await queries
      .table("inbox")
      .whereIn("id", ids.slice(from, from + IDS_AT_ONCE))
      .whereIn("run_no", mine)
      .delete();
  }
}

/** The messages of each of the runs. */
async function inboxes(database: Database, runs: readonly string[]): Promise<readonly (readonly InboxMessage[])[]> {
  type Row = { id: number; run: string; at: number; body: string };
  const rows: Row[] = await database.read((queries) =>
    queries
      .table("inbox")
      .select("inbox.id", "runs.id as run", "inbox.at", "inbox.body")
      .join("runs", "runs.run_no", "inbox.run_no")
      .whereIn("runs.id", [...new Set(runs)])
      .orderBy("inbox.id"),
  );
  const messages = new Map<string, InboxMessage[]>(runs.map((run) => [run, []]));
  for (const { id, run, at, body } of rows)
    messages.get(run)?.push({ id, run, at, body: JSON.parse(body) as InboxBody });
  return runs.map((run) => messages.get(run) ?? []);
}

interface Post {
  readonly run: string;
  /** As JSON. */
  readonly body: string;
  readonly at: number;
}

/** All in one statement, in their order; what is for a run that does not exist fails alone. */
async function postAll(database: Database, posts: readonly Post[]): Promise<readonly (undefined | Error)[]> {
  const kept = await database.statement<{ id: string }>(insertion(posts.length), insertionOf(posts));
  if (kept.length === posts.length) return posts.map(() => undefined);
  const runs = [...new Set(posts.map(({ run }) => run))];
  const known = new Set<string>(
    await database.read((queries) => queries.table("runs").whereIn("id", runs).pluck("id")),
  );
  return posts.map(({ run }) => (known.has(run) ? undefined : unknownRun(run)));
}

function insertion(count: number): string {
  const values = new Array(count).fill("(CAST(? AS INTEGER), ?, CAST(? AS BIGINT), ?)").join(", ");
  return `WITH posts (place, run, at, body) AS (VALUES ${values})
    INSERT INTO inbox (run_no, at, body)
    SELECT runs.run_no, posts.at, posts.body FROM posts JOIN runs ON runs.id = posts.run ORDER BY posts.place RETURNING id`;
}

function insertionOf(posts: readonly Post[]): Bindings {
  return posts.flatMap(({ run, body, at }, place) => [place, run, at, body]);
}

interface Row {
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly stage: StagePath;
  readonly request: string | null;
  readonly request_body: string | null;
  readonly status: ApprovalStatus;
  readonly decisions: string;
  readonly outcome: string | null;
  readonly opened_at: number;
  readonly expires_at: number | null;
  readonly settled_at: number | null;
  readonly version: number;
}

function selectApprovals(queries: Queries): Knex.QueryBuilder {
  return queries
    .table("approvals")
    .join("runs", "runs.run_no", "approvals.run_no")
    .leftJoin("payloads", "payloads.hash", "approvals.request_ref")
    .select("approvals.*", "runs.id as run", "payloads.body as request_body");
}

function approvalOf(row: Row): ApprovalRow {
  return {
    id: row.id,
    run: row.run,
    workflow: row.workflow,
    stage: row.stage,
    request: decodeValue(row.request, row.request_body) as unknown as ApprovalRequest,
    status: row.status,
    decisions: JSON.parse(row.decisions),
    outcome: row.outcome,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
    settledAt: row.settled_at,
    version: row.version,
  };
}
