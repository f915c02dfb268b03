import type { Migration } from "./migration.js";

/** How triggers stand that fire by the clock or by what they find; what they are is in the definitions. */
export const schedules: Migration = {
  version: 9,
  name: "schedules",
  sqlite: [
    `CREATE TABLE schedules (
      id TEXT PRIMARY KEY,
      spec TEXT NOT NULL,
      next_at INTEGER,
      last_at INTEGER,
      last_run TEXT,
      last_error TEXT,
      paused_by TEXT,
      version INTEGER NOT NULL
    ) STRICT`,
  ],
};
