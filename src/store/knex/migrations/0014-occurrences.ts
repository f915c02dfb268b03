import type { Migration } from "./migration.js";

/** What happened that runs may be started by, and how far each trigger has heard it. `run_no`: of the run that said it. */
export const occurrences: Migration = {
  version: 14,
  name: "occurrences",
  sqlite: [
    `CREATE TABLE occurrences (
      occurrence_no INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, name TEXT NOT NULL,
      data TEXT NOT NULL, said_by TEXT NOT NULL, at INTEGER NOT NULL, hops INTEGER NOT NULL, run_no INTEGER,
      delivered INTEGER NOT NULL
    ) STRICT`,
    "CREATE INDEX occurrences_name ON occurrences (source, name, occurrence_no)",
    "CREATE INDEX occurrences_run ON occurrences (run_no) WHERE run_no IS NOT NULL",
    "ALTER TABLE schedules ADD COLUMN heard INTEGER",
  ],
};
