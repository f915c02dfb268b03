import { stat } from "node:fs/promises";
import type { UpkeepSql } from "../dialect.js";
import type { SqliteOptions } from "./options.js";

const PRAGMAS = ["journal_mode", "synchronous", "foreign_keys"] as const;
const SYNCHRONOUS = ["off", "normal", "full", "extra"];

export function upkeepSql({ file, driver = "sqlite3" }: SqliteOptions): UpkeepSql {
  return {
    driver,
    async bytes(queries) {
      const [pages] = await queries.raw<{ file: number; free: number }>(
        `SELECT page_size * page_count AS file, page_size * freelist_count AS free
          FROM pragma_page_size, pragma_page_count, pragma_freelist_count`,
      );
      return { file: pages?.file ?? 0, free: pages?.free ?? 0, log: await sizeOf(`${file}-wal`) };
    },
    async settings(queries) {
      const settings: Record<string, string> = {};
      for (const name of PRAGMAS) {
        const [row] = await queries.raw<Record<string, unknown>>(`PRAGMA ${name}`);
        settings[name] = String(row?.[name]);
      }
      settings["synchronous"] = SYNCHRONOUS[Number(settings["synchronous"])] ?? "unknown";
      return settings;
    },
    async check(queries) {
      const rows = await queries.raw<{ integrity_check: string }>("PRAGMA integrity_check(20)");
      const strays = await queries.raw<{ table: string; n: number }>(
        `SELECT "table", count(*) AS n FROM pragma_foreign_key_check GROUP BY "table"`,
      );
      return [
        ...rows.map((row) => row.integrity_check).filter((text) => text !== "ok"),
        ...strays.map(({ table, n }) => `${n} rows of ${table} refer to what is not there`),
      ];
    },
    referred: `SELECT e.value AS hash FROM events, json_each(events.refs) e WHERE events.refs IS NOT NULL
      UNION SELECT outputs_ref FROM runs WHERE outputs_ref IS NOT NULL
      UNION SELECT request_ref FROM approvals WHERE request_ref IS NOT NULL`,
  };
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
