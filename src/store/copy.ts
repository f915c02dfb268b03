import { copyRows } from "./knex/copy.js";
import { database } from "./knex/database.js";
import { migrate } from "./knex/migrate.js";
import { MIGRATIONS } from "./knex/migrations/index.js";
import { dialectOf, type OpenOptions } from "./open.js";

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
