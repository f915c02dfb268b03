import type { UpkeepSql } from "../dialect.js";

const SETTINGS = ["server_version", "synchronous_commit", "fsync", "full_page_writes", "data_checksums"] as const;

export const upkeepSql: UpkeepSql = {
  driver: "pg",
  async bytes(queries) {
    const [row] = await queries.raw<{ database: number }>("SELECT pg_database_size(current_database()) AS database");
    return { database: row?.database ?? 0 };
  },
  async settings(queries) {
    const columns = SETTINGS.map((name) => `current_setting('${name}') AS ${name}`).join(", ");
    const [row] = await queries.raw<Readonly<Record<string, string>>>(`SELECT ${columns}`);
    return row ?? {};
  },
  async check(queries) {
    const rows = await queries.raw<{ name: string }>(
      `SELECT relname AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace`,
    );
    return rows.map(({ name }) => `the index ${name} is not valid: REINDEX it`);
  },
  referred: `SELECT e.value AS hash FROM events, json_each_text(events.refs::json) AS e WHERE events.refs IS NOT NULL
    UNION SELECT outputs_ref FROM runs WHERE outputs_ref IS NOT NULL
    UNION SELECT request_ref FROM approvals WHERE request_ref IS NOT NULL`,
};
