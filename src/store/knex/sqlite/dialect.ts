import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Knex } from "knex";
import type { Dialect } from "../dialect.js";
import { type Driver, loadDriver } from "./driver.js";
import { brokenRule, faultOf } from "./faults.js";
import { watchFile } from "./file.js";
import { journalSql } from "./journal-sql.js";
import type { SqliteOptions } from "./options.js";

/** Milliseconds to wait for another process's write. */
const BUSY = 5_000;
const QUIET: Knex.Logger = { warn() {}, error() {}, debug() {}, deprecate() {} };

export function sqliteDialect(options: SqliteOptions): Dialect {
  const { file } = options;
  let driver: Driver | undefined;
  let check = () => {};
  return {
    async connect() {
      driver = await loadDriver(options.driver ?? "sqlite3");
      const { default: knex } = await import("knex");
      await mkdir(dirname(file), { recursive: true });
      const writer = knex(configuration(file, driver, 1, pragmas(options)));
      const reader = knex(configuration(file, driver, 2, `${pragmas(options)}; PRAGMA query_only = ON`));
      // The first connection makes the file.
      await writer.raw("SELECT 1");
      check = watchFile(file);
      return { writer, reader };
    },
    begin: "BEGIN IMMEDIATE",
    tables: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    journal: journalSql,
    migrationSql: (migration) => migration.sqlite,
    fault: (error) => faultOf(error, file),
    broken: brokenRule,
    async written() {
      check();
      await driver?.rest();
    },
  };
}

/** Of every connection: some drivers change `synchronous` when they meet a database that has a log. */
function pragmas({ durability }: SqliteOptions): string {
  const synchronous = durability === "normal" ? "NORMAL" : "FULL";
  return `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`;
}

function configuration(file: string, driver: Driver, connections: number, sql: string): Knex.Config {
  return {
    client: driver.name,
    connection: { filename: file },
    useNullAsDefault: true,
    compileSqlOnError: false,
    log: QUIET,
    pool: {
      min: 0,
      max: connections,
      afterCreate(connection: unknown, done: (error: Error | null, connection: unknown) => void) {
        prepare(driver, connection, sql).then(
          () => done(null, connection),
          (error: Error) => done(error, connection),
        );
      },
    },
  };
}

async function prepare(driver: Driver, connection: unknown, sql: string): Promise<void> {
  await driver.exec(connection, `PRAGMA busy_timeout = ${BUSY}`);
  const end = Date.now() + BUSY;
  for (;;) {
    try {
      return await driver.exec(connection, sql);
    } catch (error) {
      // Two processes that turn a new file to WAL at once: SQLite does not wait by itself here.
      if ((error as { code?: string }).code !== "SQLITE_BUSY" || Date.now() > end) throw error;
      await setTimeout(20);
    }
  }
}
