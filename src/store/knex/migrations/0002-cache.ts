import type { Migration } from "./migration.js";

/** Results that other runs may take until a time; nothing depends on one being there. */
export const cache: Migration = {
  version: 2,
  name: "cache",
  sqlite: [
    "CREATE TABLE cache (name TEXT PRIMARY KEY, result TEXT NOT NULL, until INTEGER NOT NULL) STRICT",
    "CREATE INDEX cache_until ON cache (until)",
  ],
};
