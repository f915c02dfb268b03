import { createHash } from "node:crypto";
import type { Upkeep } from "../../engine/ports.js";
import { appendAudit, isUnderHold } from "./audit.js";
import type { Payload } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { adopt } from "./record.js";

type Part = Omit<Upkeep, "snapshot" | "keepSnapshot" | "backup">;

/** Payloads read at a time by a check. */
const AT_ONCE = 50;
/** Tables with rows of a run, those that others refer to last. */
const OF_RUN = [
  "events",
  "snapshots",
  "summaries",
  "resources",
  "alerts",
  "inbox",
  "approvals",
  "run_groups",
  "limit_claims",
  "emissions",
  "occurrences",
  "runs",
] as const;

export function upkeep(database: Database, schemaBefore: () => number): Part {
  const { upkeep: sql } = database.dialect;
  return {
    status: () =>
      database.write(async (queries) => {
        const [schema, runs, counts] = [await schemaOf(queries), await runsByStatus(queries), await countsOf(queries)];
        const [bytes, settings] = [await sql.bytes(queries), await sql.settings(queries)];
        return { driver: sql.driver, schema, schemaBefore: schemaBefore(), bytes, settings, runs, counts };
      }),
    check: () =>
      database.read(async (queries) => {
        const broken = await sql.check(queries);
        // What the database itself cannot read need not be read again.
        if (broken.length > 0) return broken;
        return [...(await shortJournals(queries)), ...(await wrongPayloads(queries, sql.referred))];
      }),
    forget: (runs, now) => database.write((queries) => forget(queries, runs, now)),
    sweep: () =>
      database.write(async (queries) => {
        await queries.alone("payloads");
        const gone = await queries.raw(`DELETE FROM payloads WHERE hash NOT IN (${sql.referred}) RETURNING hash`);
        return gone.length;
      }),
    adopt: (record) => adopt(database, record),
  };
}

async function schemaOf(queries: Queries): Promise<number> {
  const row: { value: string } = await queries.table("meta").where({ name: "schema" }).first();
  return Number(row.value);
}

async function runsByStatus(queries: Queries): Promise<Readonly<Record<string, number>>> {
  const rows: { status: string; n: number }[] = await queries
    .table("runs")
    .select("status")
    .count({ n: "*" })
    .groupBy("status");
  return Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)]));
}

async function countsOf(queries: Queries): Promise<Readonly<Record<string, number>>> {
  const events: { n: number | null } | undefined = await queries.table("runs").sum({ n: "head_seq" }).first();
  const counts: Record<string, number> = { events: Number(events?.n ?? 0) };
  for (const table of ["payloads", "snapshots", "approvals", "definitions"]) {
    const row: { n: number } | undefined = await queries.table(table).count({ n: "*" }).first();
    counts[table] = Number(row?.n ?? 0);
  }
  return counts;
}

async function shortJournals(queries: Queries): Promise<readonly string[]> {
  type Row = { id: string; head_seq: number; n: number };
  const rows = await queries.raw<Row>(`SELECT * FROM (SELECT id, head_seq,
    (SELECT count(*) FROM events WHERE events.run_no = runs.run_no) AS n FROM runs) AS counted WHERE n <> head_seq`);
  return rows.map(({ id, head_seq, n }) => `run ${id} has ${n} events where there must be ${head_seq}`);
}

async function wrongPayloads(queries: Queries, referred: string): Promise<readonly string[]> {
  const missing = await queries.raw<{ hash: string }>(
    `SELECT hash FROM (${referred}) AS referred WHERE hash NOT IN (SELECT hash FROM payloads)`,
  );
  const findings = missing.map(({ hash }) => `the payload ${hash} is missing`);
  for (let last = ""; ; ) {
    const page: Payload[] = await queries.table("payloads").where("hash", ">", last).orderBy("hash").limit(AT_ONCE);
    for (const { hash, body } of page) {
      if (createHash("sha256").update(body).digest("hex") !== hash) findings.push(`the payload ${hash} was changed`);
    }
    const end = page.at(-1);
    if (end === undefined) return findings;
    last = end.hash;
  }
}

async function forget(queries: Queries, runs: readonly string[], now: number): Promise<readonly string[]> {
  await queries
    .table("runs")
    .whereIn("id", [...runs])
    .forUpdate()
    .select("run_no");
  const ended: { run_no: number; id: string; head_hash: string | null }[] = await queries
    .table("runs")
    .whereIn("id", [...runs])
    .whereNotNull("ended_at")
    .where((free) => void free.whereNull("owner").orWhere("lease_until", "<=", now))
    .whereNotIn("run_no", queries.table("inbox").select("run_no"))
    .select("run_no", "id", "head_hash");
  const found: typeof ended = [];
  for (const run of ended) if (!(await isUnderHold(queries, run.id))) found.push(run);
  const numbers = found.map(({ run_no }) => run_no);
  for (const table of OF_RUN) await queries.table(table).whereIn("run_no", numbers).delete();
  const ids = found.map(({ id }) => id);
  await queries.table("data_keys").whereIn("name", ids).delete();
  await queries.table("definitions").whereNotIn("hash", queries.table("runs").select("definition")).delete();
  for (const { id, head_hash } of found) {
    const detail = { head: head_hash };
    await appendAudit(queries, { at: now, action: "pruned", by: "engine", run: id, detail });
  }
  return ids;
}
