import type { Migration } from "./migration.js";

/** What runs came to, which may be thrown away at any time; and alerts on their way to somebody. */
export const observe: Migration = {
  version: 11,
  name: "observe",
  sqlite: [
    `CREATE TABLE summaries (
      run_no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, maker TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE alerts (
      key TEXT PRIMARY KEY,
      run_no INTEGER NOT NULL,
      fact TEXT NOT NULL,
      at INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      status TEXT NOT NULL,
      error TEXT
    ) STRICT`,
    "CREATE INDEX alerts_due ON alerts (due_at) WHERE status = 'pending'",
    "CREATE INDEX alerts_run ON alerts (run_no)",
  ],
};
