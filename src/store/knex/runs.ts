import type { Knex } from "knex";
import type { RunFilter, RunRow, Store, StoredDefinition } from "../../engine/ports.js";
import { planOf, planText } from "../plan-text.js";
import { checkEvents, unknownRun } from "../rules.js";
import { createAll, type EncodedRun, encodeRun, ofGroup } from "./create.js";
import type { Database, Queries } from "./database.js";
import { beginsWith } from "./prefix.js";
import { type Row, runOf, selectRuns } from "./run-row.js";
import { together } from "./together.js";

type Part = Pick<Store, "putDefinition" | "getDefinition" | "createRun" | "runsAhead" | "getRun" | "listRuns">;

export function runs(database: Database): Part {
  const isKept = together((hashes: readonly string[]) => areKept(database, hashes));
  const keep = together((given: readonly StoredDefinition[]) => keepDefinitions(database, given));
  const create = together((asked: readonly EncodedRun[]) =>
    database.write((queries) => createAll(queries, database.dialect, asked)),
  );
  return {
    async putDefinition(definition) {
      // Nearly always it is there, and a look must not keep others from writing.
      if (!(await isKept(definition.hash))) await keep(definition);
    },
    async getDefinition(hash) {
      const row = await database.read((queries) => queries.table("definitions").where({ hash }).first());
      return row === undefined ? undefined : { ...row, plan: planOf(row.plan) };
    },
    async createRun(run) {
      checkEvents(run.events);
      return create(encodeRun(run));
    },
    runsAhead: (id) => database.read((queries) => ahead(queries, id)),
    getRun: together((ids: readonly string[]) => database.read((queries) => runsBy(queries, ids))),
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

async function areKept(database: Database, hashes: readonly string[]): Promise<readonly boolean[]> {
  const found: string[] = await database.read((queries) =>
    queries
      .table("definitions")
      .whereIn("hash", [...new Set(hashes)])
      .pluck("hash"),
  );
  const kept = new Set(found);
  return hashes.map((hash) => kept.has(hash));
}

async function keepDefinitions(database: Database, given: readonly StoredDefinition[]): Promise<readonly undefined[]> {
  const different = new Map(given.map((definition) => [definition.hash, definition]));
  await database.write(async (queries) => {
    for (const definition of different.values()) {
      const row = { ...definition, plan: planText(definition.plan) };
      await queries.table("definitions").insert(row).onConflict("hash").ignore();
    }
  });
  return given.map(() => undefined);
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

async function runsBy(queries: Queries, ids: readonly string[]): Promise<readonly (RunRow | undefined)[]> {
  const rows: Row[] = await selectRuns(queries).whereIn("runs.id", [...new Set(ids)]);
  const found = new Map(rows.map((row) => [row.id, runOf(row)]));
  return ids.map((id) => found.get(id));
}
