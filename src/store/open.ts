import type { Store } from "../engine/ports.js";
import type { PostgresOptions } from "./knex/postgres/options.js";
import { postgresStore } from "./knex/postgres/store.js";
import type { SqliteOptions } from "./knex/sqlite/options.js";
import { sqliteStore } from "./knex/sqlite/store.js";
import { memoryStore } from "./memory/store.js";
import { placeOf } from "./place.js";

export type OpenOptions = Omit<SqliteOptions, "file">;

/**
 * Opens what `url` names: a path, `sqlite:path` or `file:` URL (made with its folder when it is not there), `memory:`, or
 * `postgres:` URL.
 * @throws StagecraftError `unknown-store`, and what `Store.open` throws
 */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const store = storeOf(url, options);
  await store.open();
  return store;
}

function storeOf(url: string, options: OpenOptions): Store {
  const place = placeOf(url);
  switch (place.kind) {
    case "sqlite":
      return sqliteStore({ ...options, file: place.file });
    case "postgres":
      return postgresStore({ ...durabilityOf(options), url });
    default:
      return memoryStore();
  }
}

/** What both databases take. */
export function durabilityOf({ durability, waitMs }: OpenOptions): Omit<PostgresOptions, "url"> {
  return { ...(durability && { durability }), ...(waitMs === undefined ? {} : { waitMs }) };
}
