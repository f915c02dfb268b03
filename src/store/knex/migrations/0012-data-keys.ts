import type { Migration } from "./migration.js";

/** Keys of sealed data, each wrapped with the project's key. A run's is named like the run and goes with its data. */
export const dataKeys: Migration = {
  version: 12,
  name: "data-keys",
  sqlite: ["CREATE TABLE data_keys (name TEXT PRIMARY KEY, wrapped_by TEXT NOT NULL, wrapped TEXT NOT NULL) STRICT"],
};
