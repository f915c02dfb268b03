import type { Knex } from "knex";
import { shownAddress } from "../../../core/address.js";
import type { Dialect } from "../dialect.js";
import { marks } from "../marks.js";
import { migrationSql } from "./ddl.js";
import { loadDriver, rowsOf, runPrepared } from "./driver.js";
import { brokenRule, faultOf } from "./faults.js";
import { journalSql } from "./journal-sql.js";
import type { PostgresOptions } from "./options.js";
import { patiently, whole } from "./patience.js";
import { upkeepSql } from "./upkeep-sql.js";

const QUIET: Knex.Logger = { warn() {}, error() {}, debug() {}, deprecate() {} };
/** Connections of one process for each: several processes share what the server has, commonly 100. */
const CONNECTIONS = 3;
/** Milliseconds a statement may take; reads may look through the whole database. */
const WRITE_MS = 60_000;
const READ_MS = 600_000;
/** Names the migration lock among other locks of the database. */
const SCHEMA_LOCK = 7_822_417;

export function postgresDialect(options: PostgresOptions): Dialect {
  const name = shownAddress(options.url);
  return {
    async connect() {
      const pg = await loadDriver();
      const { default: knex } = await import("knex");
      const writer = knex(configuration(options, pg, WRITE_MS));
      const reader = knex(configuration(options, pg, READ_MS));
      return { writer, reader, most: CONNECTIONS };
    },
    begin: "BEGIN",
    patiently: (attempt, onlyReads) => patiently(attempt, options.waitMs, onlyReads),
    whole: (transaction) => whole(transaction, options.waitMs),
    alone: (table) =>
      table === "schema"
        ? `SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`
        : `LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`,
    // In the order in which commits come; and not against those who only refer to a run, such as messages, which come in any.
    ofRuns: (count) =>
      `id IN (SELECT id FROM runs WHERE id IN (${marks(count)}) ORDER BY id COLLATE "C" FOR NO KEY UPDATE)`,
    rows: rowsOf,
    run: runPrepared,
    tables:
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
    key: `SELECT attname AS name FROM pg_index CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS k (attnum, place)
      JOIN pg_attribute ON attrelid = indrelid AND pg_attribute.attnum = k.attnum
      WHERE indisprimary AND indrelid = ?::text::regclass ORDER BY place`,
    goOn: (table, column) =>
      `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), (SELECT max(${column}) FROM ${table}))`,
    oneState: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    journal: journalSql,
    upkeep: upkeepSql,
    migrationSql,
    fault: async (error) => faultOf(error, name),
    broken: brokenRule,
    written: () => undefined,
  };
}

type Driver = Awaited<ReturnType<typeof loadDriver>>;

/** Counts and times are whole numbers below 2^53; as they come, some are text. */
export function numbersOf({ types }: Driver): object {
  const NUMBERS: readonly number[] = [types.builtins.INT8, types.builtins.NUMERIC];
  return {
    getTypeParser: (type: number, format: "text" | "binary") =>
      NUMBERS.includes(type) ? Number : types.getTypeParser(type, format),
  };
}

function configuration(options: PostgresOptions, driver: Driver, statementMs: number): Knex.Config {
  const { url, durability, waitMs = 10_000 } = options;
  const settings = durability === "normal" ? { options: "-c synchronous_commit=off" } : {};
  // What the URL says of these goes before.
  const connection = {
    connectionString: url,
    application_name: "stagecraft",
    keepAlive: true,
    connectionTimeoutMillis: waitMs,
    statement_timeout: statementMs,
    lock_timeout: waitMs,
    // Who hangs in a transaction lets go of its locks before those who wait for them give up.
    idle_in_transaction_session_timeout: waitMs / 2,
    types: numbersOf(driver),
    ...settings,
  };
  return {
    client: "pg",
    connection: connection as Knex.PgConnectionConfig,
    compileSqlOnError: false,
    log: QUIET,
    pool: { min: 0, max: CONNECTIONS },
    acquireConnectionTimeout: statementMs,
  };
}
