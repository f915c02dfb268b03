export { archiveText, readArchive } from "./archive.js";
export type { PostgresOptions } from "./knex/postgres/options.js";
export { postgresStore } from "./knex/postgres/store.js";
export type { DriverName } from "./knex/sqlite/driver.js";
export type { SqliteOptions } from "./knex/sqlite/options.js";
export { sqliteStore } from "./knex/sqlite/store.js";
export { memoryStore } from "./memory/store.js";
export { type OpenOptions, openStore, storeExists } from "./open.js";
export { processOwner } from "./owner.js";
