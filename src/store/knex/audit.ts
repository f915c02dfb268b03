import type { Knex } from "knex";
import {
  type AuditEntry,
  type AuditHead,
  auditHash,
  type KeptAuditEntry,
  type NewAuditEntry,
  NO_AUDIT,
  readDetail,
} from "../../core/audit.js";
import { type ChainRow, leafOf } from "../../core/chain.js";
import type { AuditStore } from "../../engine/ports.js";
import { sha256 } from "../digest.js";
import { type Bodies, typeOfCode } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { fetchPayloads } from "./payloads.js";

const HEAD = "audit";

export function audit(database: Database): Omit<AuditStore, "eraseRun"> {
  return {
    readChain: (run) =>
      database.read(async (queries) => {
        const columns = ["run_no", "definition", "head_seq", "head_hash", "salt"] as const;
        const row = await queries
          .table("runs")
          .where({ id: run })
          .first(...columns);
        if (row === undefined) return undefined;
        const rows = await rowsOf(queries, row.run_no, row.salt ?? "");
        return { run, definition: row.definition, headSeq: row.head_seq, headHash: row.head_hash, rows };
      }),
    async recordAudit(entry) {
      return database.write((queries) => appendAudit(queries, entry));
    },
    async readAudit({ run, since }) {
      const kept = await database.read((queries) => {
        const query = selectEntries(queries);
        if (run !== undefined) query.where({ run });
        if (since !== undefined) query.where("at", ">=", since);
        return query as Promise<KeptAuditEntry[]>;
      });
      return kept.map(readDetail);
    },
    readTrail: () =>
      database.read(async (queries) => ({ entries: await selectEntries(queries), head: await headOf(queries) })),
    isHeld: (run) => database.read((queries) => isUnderHold(queries, run)),
  };
}

export async function appendAudit(queries: Queries, entry: NewAuditEntry): Promise<AuditEntry> {
  const detail = JSON.stringify(entry.detail);
  await queries.alone("audit");
  const before = await headOf(queries);
  const hash = auditHash(before, entry, detail, sha256);
  const { at, action, by: actor, run } = entry;
  const seq = before.seq + 1;
  await queries.table("audit").insert({ seq, at, action, actor, run, detail, hash });
  const value = `${seq}:${hash}`;
  await queries.table("meta").insert({ name: HEAD, value }).onConflict("name").merge();
  return { ...entry, seq, hash };
}

export async function isUnderHold(queries: Queries, run: string): Promise<boolean> {
  const said: Knex.QueryBuilder = queries.table("audit").where({ run }).whereIn("action", ["held", "released"]);
  const last = await said.orderBy("seq", "desc").first("action");
  return last?.action === "held";
}

function selectEntries(queries: Queries): Knex.QueryBuilder {
  return queries.table("audit").select("seq", "at", "action", "actor as by", "run", "detail", "hash").orderBy("seq");
}

async function headOf(queries: Queries): Promise<AuditHead> {
  const row: { value: string } | undefined = await queries.table("meta").where({ name: HEAD }).first("value");
  const [, seq, hash] = /^(\d+):(.*)$/.exec(row?.value ?? "") ?? [];
  return seq === undefined || hash === undefined ? NO_AUDIT : { seq: Number(seq), hash };
}

export interface EventRow {
  readonly seq: number;
  readonly type: number;
  readonly stage: string | null;
  readonly at: number;
  readonly data: string | null;
  readonly refs: string | null;
  readonly link: Uint8Array | null;
  readonly digest: Uint8Array | null;
}

/** The cells as they were when they were committed. */
export function contentOf({ type, stage, at, data, refs }: EventRow): string {
  return JSON.stringify([type, stage, at, data, refs]);
}

async function rowsOf(queries: Queries, run_no: number, salt: string): Promise<readonly ChainRow[]> {
  const rows: EventRow[] = await queries.table("events").where({ run_no }).orderBy("seq");
  const hashes = rows.flatMap(({ refs }) => hashesIn(refs));
  const bodies = await fetchPayloads(queries, new Set(hashes));
  return rows.map((row) => {
    const { seq, type, stage, refs, link, digest } = row;
    const fault = payloadFault(refs, bodies);
    return {
      seq,
      type: typeOfCode(type),
      stage,
      leaf: hex(digest) ?? leafOf(salt, contentOf(row), sha256),
      link: hex(link),
      left: digest === null ? null : sha256(contentOf(row)),
      ...(fault === undefined ? {} : { fault }),
    };
  });
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}

/** A row that was tampered with may hold anything. */
function hashesIn(refs: string | null): string[] {
  try {
    return refs === null ? [] : Object.values(JSON.parse(refs)).map(String);
  } catch {
    return [];
  }
}

function payloadFault(refs: string | null, bodies: Bodies): string | undefined {
  for (const hash of hashesIn(refs)) {
    const body = bodies.get(hash);
    if (body === undefined) return `its large value ${hash.slice(0, 12)} is gone`;
    if (sha256(body) !== hash) return `its large value ${hash.slice(0, 12)} was changed`;
  }
  return undefined;
}
