import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Knex } from "knex";
import { corrupt } from "../codec.js";
import type { Dialect } from "../dialect.js";
import { marks } from "../marks.js";
import { type Driver, loadDriver } from "./driver.js";
import { brokenRule, faultOf } from "./faults.js";
import { wasLeftOpen, watchFile } from "./file.js";
import { journalSql } from "./journal-sql.js";
import type { SqliteOptions } from "./options.js";
import { patiently } from "./patience.js";
import { upkeepSql } from "./upkeep-sql.js";

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
      const mayBeTorn = wasLeftOpen(file);
      const writer = knex(configuration(options, driver, 1, pragmas(options)));
      const reader = knex(configuration(options, driver, 2, `${pragmas(options)}; PRAGMA query_only = ON`));
      // The first connection makes the file.
      await writer.raw("SELECT 1");
      check = watchFile(file);
      if (mayBeTorn) await quickCheck(writer, reader);
      return { writer, reader, most: 1 };
    },
    begin: "BEGIN IMMEDIATE",
    patiently: (attempt) => patiently(attempt, options.waitMs),
    whole: (transaction) => transaction(),
    // A transaction that writes is alone from its first statement on.
    alone: () => "SELECT 1",
    ofRuns: (count) => `id IN (${marks(count)})`,
    rows: (result) => result as readonly unknown[],
    run: (connection, sql, bindings) => (driver as Driver).run(connection, sql, bindings),
    tables: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    key: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
    goOn: () => "SELECT 1",
    oneState: "SELECT 1",
    journal: journalSql,
    upkeep: upkeepSql(options),
    migrationSql: (migration) => migration.sqlite,
    fault: (error) => faultOf(error, file),
    broken: brokenRule,
    written() {
      check();
      return driver?.rest();
    },
  };
}

/** @throws StagecraftError `store-corrupt` */
async function quickCheck(writer: Knex, reader: Knex): Promise<void> {
  const rows: readonly { readonly quick_check: string }[] = await reader.raw("PRAGMA quick_check(1)");
  const finding = rows[0]?.quick_check;
  if (finding === "ok") return;
  await Promise.all([writer.destroy(), reader.destroy()]);
  throw corrupt(finding ?? "it cannot be checked");
}

/** Of every connection: some drivers change `synchronous` when they meet a database that has a log. */
function pragmas({ durability }: SqliteOptions): string {
  const synchronous = durability === "normal" ? "NORMAL" : "FULL";
  return `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`;
}

function configuration(options: SqliteOptions, driver: Driver, connections: number, sql: string): Knex.Config {
  return {
    client: driver.name,
    connection: { filename: options.file },
    useNullAsDefault: true,
    compileSqlOnError: false,
    log: QUIET,
    pool: {
      min: 0,
      max: connections,
      afterCreate(connection: unknown, done: (error: Error | null, connection: unknown) => void) {
        prepare(driver, connection, sql, options.waitMs).then(
          () => done(null, connection),
          (error: Error) => done(error, connection),
        );
      },
    },
  };
}

async function prepare(driver: Driver, connection: unknown, sql: string, waitMs?: number): Promise<void> {
  await driver.exec(connection, `PRAGMA busy_timeout = ${driver.sleepMs}`);
  // Two processes that turn a new file to WAL at once: SQLite does not wait by itself here.
  await patiently(() => driver.exec(connection, sql), waitMs);
}
