import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite3 from "sqlite3";
import { onTestFinished } from "vitest";
import type { Store } from "../../src/engine/ports.js";
import type { SqliteOptions } from "../../src/store/knex/sqlite/options.js";
import { sqliteStore } from "../../src/store/knex/sqlite/store.js";

/** A folder that goes with the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "store-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A store on `file`, closed with the test. */
export function storeAt(file: string, options: Partial<SqliteOptions> = {}): Store {
  const store = sqliteStore({ file, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** A connection beside the store's, to look at the file or to harm it; closed with the test. */
export function rawDatabase(file: string): (sql: string) => Promise<Record<string, unknown>[]> {
  const database = new sqlite3.Database(file);
  onTestFinished(() => new Promise<void>((done) => database.close(() => done())));
  return (sql) =>
    new Promise((done, failed) => {
      database.all<Record<string, unknown>>(sql, (error, rows) => (error ? failed(error) : done(rows)));
    });
}
