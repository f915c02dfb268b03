import type { Migration } from "./migration.js";

/** Which runs share a limit. A run that has ended takes no place, so nothing has to be given back. */
export const groups: Migration = {
  version: 3,
  name: "groups",
  sqlite: [
    "CREATE TABLE run_groups (run_no INTEGER PRIMARY KEY REFERENCES runs (run_no), name TEXT NOT NULL) STRICT",
    "CREATE INDEX run_groups_name ON run_groups (name, run_no)",
  ],
};
