import { type Json, type JsonObject, StageError } from "stagecraft/plugin";
import { quoted, type Sqlite, toColumn, withDatabase } from "./sqlite.js";
import { columnsOf } from "./write-file.js";

export interface TableWrite {
  readonly path: string;
  readonly shown: string;
  readonly table: string;
  readonly mode: "replace" | "append" | "upsert";
  readonly key: readonly string[];
  readonly rows: readonly JsonObject[];
  readonly signal: AbortSignal;
}

/** SQLite's oldest limit of parameters in one statement. */
const MAX_PARAMETERS = 900;

/**
 * All rows or none, in one transaction. `replace` and `upsert` may be repeated; `append` adds again.
 * A table that is not there is made, with columns by the rows' values.
 */
export function writeTable(write: TableWrite): Promise<void> {
  return withDatabase(write.path, write.shown, "write", async (database) => {
    await database.run("begin immediate");
    try {
      await prepareTable(database, write);
      await insert(database, write);
      await database.run("commit");
    } catch (error) {
      await database.run("rollback").catch(() => undefined);
      throw error;
    }
  });
}

async function prepareTable(database: Sqlite, write: TableWrite): Promise<void> {
  const { table, rows, mode, key } = write;
  const ours = columnsOf(rows);
  if (mode === "upsert") checkKey(write, ours);
  const known = await database.all(`pragma table_info(${quoted(table)})`);
  if (known.length === 0) {
    if (ours.length === 0) return;
    const columns = ours.map((name) => `${quoted(name)} ${affinity(rows, name)}`);
    await database.run(`create table ${quoted(table)} (${columns.join(", ")})`);
  } else {
    const theirs = new Set(known.map(({ name }) => String(name).toLowerCase()));
    const extra = ours.filter((name) => !theirs.has(name.toLowerCase()));
    if (extra.length > 0) {
      throw new StageError("data-columns", `table ${table} of ${write.shown} has no column ${extra.join(", ")}`);
    }
  }
  if (mode === "replace") await database.run(`delete from ${quoted(table)}`);
  if (mode === "upsert" && ours.length > 0) {
    const index = quoted(`${table}_by_${key.join("_")}`);
    await database.run(
      `create unique index if not exists ${index} on ${quoted(table)} (${key.map(quoted).join(", ")})`,
    );
  }
}

function checkKey({ key, rows, table }: TableWrite, ours: readonly string[]): void {
  if (key.length === 0)
    throw new StageError("data-key", `mode upsert needs key: the columns that name a row of ${table}`);
  const absent = key.filter((name) => ours.length > 0 && !ours.includes(name));
  if (absent.length > 0) throw new StageError("data-key", `the rows have no ${absent.join(", ")}, which is in key`);
  const bad = rows.findIndex((row) => key.some((name) => (row[name] ?? null) === null));
  if (bad >= 0) throw new StageError("data-key", `row ${bad + 1} has no value for ${key.join(", ")}`);
}

/** What the values are, where all agree. */
function affinity(rows: readonly JsonObject[], name: string): string {
  const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null);
  const all = (fits: (value: Json) => boolean) => values.length > 0 && values.every(fits);
  if (all((value) => typeof value === "boolean" || Number.isInteger(value))) return "integer";
  return all((value) => typeof value === "number") ? "real" : "text";
}

async function insert(database: Sqlite, { table, rows, mode, key, signal }: TableWrite): Promise<void> {
  const columns = columnsOf(rows);
  if (columns.length === 0) return;
  const size = Math.max(1, Math.floor(MAX_PARAMETERS / columns.length));
  const names = columns.map(quoted).join(", ");
  const one = `(${columns.map(() => "?").join(", ")})`;
  const conflict = mode === "upsert" ? onConflict(columns, key) : "";
  for (let at = 0; at < rows.length; at += size) {
    signal.throwIfAborted();
    const part = rows.slice(at, at + size);
    const values = part.flatMap((row) => columns.map((name) => toColumn(Object.hasOwn(row, name) ? row[name] : null)));
    const places = part.map(() => one).join(", ");
    await database.run(`insert into ${quoted(table)} (${names}) values ${places} ${conflict}`, values);
  }
}

function onConflict(columns: readonly string[], key: readonly string[]): string {
  const rest = columns.filter((name) => !key.includes(name));
  const on = `on conflict (${key.map(quoted).join(", ")})`;
  if (rest.length === 0) return `${on} do nothing`;
  return `${on} do update set ${rest.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(", ")}`;
}
