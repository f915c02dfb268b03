import type { Migration } from "./migration.js";

/** States folded so far, which may be thrown away at any time; and where events refer to payloads, to find those nobody needs. */
export const upkeep: Migration = {
  version: 5,
  name: "upkeep",
  sqlite: [
    `CREATE TABLE snapshots (
      run_no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, reducer TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX events_refs ON events (run_no, seq) WHERE refs IS NOT NULL",
  ],
};
