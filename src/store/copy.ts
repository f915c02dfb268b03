import { copyRows } from "./knex/copy.js";
import { database } from "./knex/database.js";
import type { Dialect } from "./knex/dialect.js";
import { migrate } from "./knex/migrate.js";
import { MIGRATIONS } from "./knex/migrations/index.js";
import { postgresDialect } from "./knex/postgres/dialect.js";
import { sqliteDialect } from "./knex/sqlite/dialect.js";
import { durabilityOf, type OpenOptions } from "./open.js";
import { placeOf, unknownStore } from "./place.js";

/**
 * Copies a whole database into another that is empty, between SQLite and PostgreSQL either way.
 * @returns rows by table
 * @throws StagecraftError `store-not-empty`, `store-busy`, `unknown-store`
 */
export async function copyStore(
  from: string,
  to: string,
  now: number,
  options: OpenOptions = {},
): Promise<Readonly<Record<string, number>>> {
  const [source, target] = [database(dialectOf(from, options)), database(dialectOf(to, options))];
  try {
    for (const one of [source, target]) await one.open(async (opened) => void (await migrate(opened, MIGRATIONS)));
    return await copyRows(source, target, now);
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

/** @throws StagecraftError `unknown-store`: also for what is kept in memory alone */
function dialectOf(url: string, options: OpenOptions): Dialect {
  const place = placeOf(url);
  if (place.kind === "memory") throw unknownStore("what is in memory alone cannot be copied", "Name a file or a URL.");
  return place.kind === "sqlite"
    ? sqliteDialect({ ...options, file: place.file })
    : postgresDialect({ ...durabilityOf(options), url });
}
