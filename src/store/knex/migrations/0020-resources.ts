import type { Migration } from "./migration.js";

/** What processes used while they drove a run; and which runs go first. */
export const resources: Migration = {
  version: 20,
  name: "resources",
  sqlite: [
    `CREATE TABLE resources (
      run_no INTEGER PRIMARY KEY, cpu_us INTEGER NOT NULL, peak_rss INTEGER NOT NULL,
      loop_delay_us INTEGER NOT NULL, is_shared INTEGER NOT NULL
    ) STRICT`,
    "ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0",
  ],
};
