import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Database } from "sqlite3";
import { type Json, type JsonObject, StageError } from "stagecraft/plugin";

/** A connection with promises. */
export interface Sqlite {
  all(sql: string, params?: unknown): Promise<JsonObject[]>;
  run(sql: string, params?: unknown): Promise<void>;
}

const BUSY_MS = 5_000;

/** Opens a database file for one piece of work, made with its folder when it is to be written, and closes it whatever happens. The driver is loaded when first needed. */
export async function withDatabase<T>(
  path: string,
  shown: string,
  mode: "read" | "write",
  work: (database: Sqlite) => Promise<T>,
): Promise<T> {
  const { default: sqlite3 } = await import("sqlite3");
  if (mode === "write") await mkdir(dirname(path), { recursive: true });
  const flags = mode === "read" ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
  const database = await new Promise<Database>((opened, failed) => {
    const made: Database = new sqlite3.Database(path, flags, (error) => (error ? failed(error) : opened(made)));
  }).catch((error: unknown) => {
    throw databaseFault(error, shown);
  });
  database.configure("busyTimeout", BUSY_MS);
  try {
    return await work(wrap(database));
  } catch (error) {
    throw databaseFault(error, shown);
  } finally {
    await new Promise((closed) => database.close(closed));
  }
}

function wrap(database: Database): Sqlite {
  return {
    all: (sql, params = []) =>
      new Promise((found, failed) => {
        database.all<JsonObject>(sql, params, (error, rows) => (error ? failed(error) : found(rows)));
      }),
    run: (sql, params = []) =>
      new Promise((done, failed) => {
        database.run(sql, params, (error: Error | null) => (error ? failed(error) : done()));
      }),
  };
}

const PASSING = new Set(["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL"]);

function databaseFault(error: unknown, shown: string): Error {
  if (error instanceof StageError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined || !code.startsWith("SQLITE")) return error as Error;
  if (code === "SQLITE_CANTOPEN") return new StageError("file-not-found", `there is no database ${shown} to open`);
  const said = (message ?? "").replace(/^SQLITE_\w+: /, "");
  return new StageError("data-database", `${shown}: ${said}`, { retryable: PASSING.has(code), details: { code } });
}

/** A name as SQL: quoted, so that no name is ever taken for anything else. @throws StageError `data-name` */
export function quoted(name: string): string {
  if (name === "" || name.includes("\0")) throw new StageError("data-name", "a table's or column's name is empty");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A JSON value as SQLite keeps it: true and false as 1 and 0, objects and lists as JSON text. */
export function toColumn(value: Json | undefined): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "object" ? JSON.stringify(value) : value;
}
