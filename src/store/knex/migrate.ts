import { StagecraftError } from "../../core/errors.js";
import type { Database, Queries } from "./database.js";
import type { Dialect } from "./dialect.js";
import type { Migration } from "./migrations/migration.js";

/**
 * Brings the schema to the last of `migrations`, all of it or nothing. Of several who open at once, one migrates and
 * the others wait for it. Each is applied that was not yet, whatever else was, so that two which do not concern each
 * other may come in either order.
 * @returns the number of the newest migration there was before, 0 for none
 * @throws StagecraftError `store-newer`, `store-foreign`
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<number> {
  const { dialect } = database;
  const known = migrations.map(({ version }) => version);
  const pending = (applied: readonly number[]) => migrations.filter(({ version }) => !applied.includes(version));
  const before = await database.read((queries) => appliedTo(queries, dialect, known));
  if (pending(before).length > 0) {
    await database.write(async (queries) => {
      await queries.alone("schema");
      const applied = await appliedTo(queries, dialect, known);
      for (const migration of pending(applied)) {
        for (const sql of dialect.migrationSql(migration)) await queries.raw(sql);
      }
      if (applied.length === 0) await queries.raw("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
      await note(queries, "schema", String(Math.max(...known)));
      await note(queries, "applied", JSON.stringify(known));
    });
  }
  return Math.max(0, ...before);
}

async function note(queries: Queries, name: string, value: string): Promise<void> {
  await queries.table("meta").insert({ name, value }).onConflict("name").merge();
}

/** The numbers of the migrations it has; none: nothing is there yet. */
async function appliedTo(queries: Queries, dialect: Dialect, known: readonly number[]): Promise<readonly number[]> {
  const tables = await queries.raw<{ name: string }>(dialect.tables);
  if (tables.length === 0) return [];
  const names = new Set(tables.map((table) => table.name));
  const isOurs = names.has("meta") && names.has("runs");
  const rows: { name: string; value: string }[] = isOurs ? await queries.table("meta").select("name", "value") : [];
  const notes = new Map(rows.map(({ name, value }) => [name, value]));
  const schema = Number(notes.get("schema") ?? Number.NaN);
  if (Number.isNaN(schema)) {
    throw new StagecraftError("store-foreign", "this database holds something else than Stagecraft's runs", {
      kind: "environment",
      help: "Name another one with --db, or a new one.",
    });
  }
  const last = Math.max(...known);
  if (schema > last) {
    throw new StagecraftError("store-newer", `this database has schema ${schema}; this Stagecraft knows ${last}`, {
      kind: "environment",
      help: "A newer Stagecraft wrote it. Update Stagecraft, or name another one with --db.",
    });
  }
  const applied = notes.get("applied");
  // Before they were noted one by one, they came without gaps.
  return applied === undefined ? known.filter((version) => version <= schema) : (JSON.parse(applied) as number[]);
}
