import type { Store } from "../../../engine/ports.js";
import { knexStore } from "../store.js";
import { sqliteDialect } from "./dialect.js";
import type { SqliteOptions } from "./options.js";

/** A store in one SQLite file, which several processes may share. Nothing is loaded or touched before `open`. */
export function sqliteStore(options: SqliteOptions): Store {
  return knexStore(sqliteDialect(options));
}
