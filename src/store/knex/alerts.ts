import type { AlertFact } from "../../core/alert.js";
import type { AlertRow, AlertStatus, Store } from "../../engine/ports.js";
import type { Database, Queries } from "./database.js";
import { together } from "./together.js";

type Part = Pick<Store, "takeAlerts" | "settleAlert" | "listAlerts" | "countAlerts">;

interface Row {
  readonly key: string;
  readonly run: string;
  readonly workflow: string;
  readonly fact: string;
  readonly due_at: number;
  readonly attempts: number;
  readonly status: AlertStatus;
  readonly error: string | null;
}

export function alerts(database: Database): Part {
  const isDue = together((times: readonly number[]) => areDue(database, times));
  return {
    async takeAlerts(now, until, limit) {
      // Nearly always there is nothing, and a look must not keep others from writing.
      if (!(await isDue(now))) return [];
      return database.write(async (queries) => {
        const rows: Row[] = await selectAlerts(queries)
          .where("alerts.status", "pending")
          .where("alerts.due_at", "<=", now)
          .orderBy("alerts.due_at")
          .limit(limit);
        const keys = rows.map(({ key }) => key);
        // Whoever else chose them in the meantime finds that they are not due any more.
        const taken: { key: string }[] = await queries
          .table("alerts")
          .whereIn("key", keys)
          .where("due_at", "<=", now)
          .increment("attempts", 1)
          .update({ due_at: until })
          .returning("key");
        const mine = new Set(taken.map(({ key }) => key));
        return rows.filter(({ key }) => mine.has(key)).map((row) => alertOf({ ...row, attempts: row.attempts + 1 }));
      });
    },
    async settleAlert(key, { status, dueAt, error = null }) {
      const row = { status, error, ...(dueAt !== undefined && { due_at: dueAt }) };
      await database.write((queries) => queries.table("alerts").where({ key }).update(row));
    },
    async listAlerts({ run, status, limit }) {
      const rows: Row[] = await database.read((queries) => {
        const query = selectAlerts(queries);
        if (run !== undefined) query.where("runs.id", run);
        if (status !== undefined) query.whereIn("alerts.status", [...status]);
        if (limit !== undefined) query.limit(limit);
        return query.orderBy([
          { column: "alerts.at", order: "desc" },
          { column: "alerts.key", order: "desc" },
        ]);
      });
      return rows.map(alertOf);
    },
    async countAlerts() {
      const rows: readonly { readonly status: string; readonly n: number }[] = await database.read((queries) =>
        queries.table("alerts").select("status").count({ n: "*" }).groupBy("status"),
      );
      return Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)]));
    },
  };
}

/** At each of these times, may one be due? */
async function areDue(database: Database, times: readonly number[]): Promise<readonly boolean[]> {
  const latest = Math.max(...times);
  const due = await database.read((queries) =>
    queries.table("alerts").where("status", "pending").where("due_at", "<=", latest).first("key"),
  );
  return times.map(() => due !== undefined);
}

/** Part of a commit. One that is there already stays as it is. */
export async function putAlerts(queries: Queries, run: string, facts: readonly AlertFact[]): Promise<void> {
  if (facts.length === 0) return;
  const { run_no } = await queries.table("runs").where({ id: run }).first("run_no");
  const rows = facts.map(({ key, dueAt, ...fact }) => ({
    ...{ key, run_no, at: fact.at, due_at: dueAt },
    ...{ fact: JSON.stringify(fact), attempts: 0, status: "pending" },
  }));
  await queries.table("alerts").insert(rows).onConflict("key").ignore();
}

function selectAlerts(queries: Queries) {
  return queries
    .table("alerts")
    .join("runs", "runs.run_no", "alerts.run_no")
    .select("alerts.*", "runs.id as run", "runs.workflow");
}

function alertOf({ key, run, workflow, fact, due_at: dueAt, attempts, status, error }: Row): AlertRow {
  return { ...JSON.parse(fact), key, run, workflow, dueAt, attempts, status, error };
}
