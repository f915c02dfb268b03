import { StagecraftError } from "../../core/errors.js";
import type { Database, Queries } from "./database.js";
import type { Dialect } from "./dialect.js";
import type { Migration } from "./migrations/migration.js";

/**
 * Brings the schema to the last of `migrations`, all of it or nothing. Of several who open at once, one migrates and
 * the others wait for it.
 * @throws StagecraftError `store-newer`, `store-foreign`
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  const { dialect } = database;
  const last = migrations.length;
  if ((await database.read((queries) => versionOf(queries, dialect, last))) === last) return;
  await database.write(async (queries) => {
    const version = await versionOf(queries, dialect, last);
    for (const migration of migrations.slice(version)) {
      for (const sql of dialect.migrationSql(migration)) await queries.raw(sql);
    }
    if (version === 0) await queries.raw("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
    await queries
      .table("meta")
      .insert({ name: "schema", value: String(last) })
      .onConflict("name")
      .merge();
  });
}

/** 0: nothing is there yet. */
async function versionOf(queries: Queries, dialect: Dialect, last: number): Promise<number> {
  const tables = await queries.raw<{ name: string }>(dialect.tables);
  if (tables.length === 0) return 0;
  const names = new Set(tables.map((table) => table.name));
  const row: { value: string } | undefined =
    names.has("meta") && names.has("runs") ? await queries.table("meta").where({ name: "schema" }).first() : undefined;
  if (row === undefined) {
    throw new StagecraftError("store-foreign", "this database holds something else than Stagecraft's runs", {
      kind: "environment",
      help: "Name another file with --db, or a new one.",
    });
  }
  const version = Number(row.value);
  if (version <= last) return version;
  throw new StagecraftError("store-newer", `this database has schema ${version}; this Stagecraft knows ${last}`, {
    kind: "environment",
    help: "A newer Stagecraft wrote it. Update Stagecraft, or name another file with --db.",
  });
}
