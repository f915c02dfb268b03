import type { Migration } from "./migration.js";

/**
 * What runs share. Limits: who holds or waits for what, in the order of asking, and tokens taken lately. Events: those that a
 * run said to others.
 */
export const limits: Migration = {
  version: 4,
  name: "limits",
  sqlite: [
    // One row a group that was ever asked for. Whoever asks or gives back writes to it first, so that they take turns.
    "CREATE TABLE limits (name TEXT PRIMARY KEY, asked_at INTEGER NOT NULL) STRICT",
    `CREATE TABLE limit_claims (
      claim_no INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, run_no INTEGER NOT NULL, stage TEXT NOT NULL,
      priority INTEGER NOT NULL, epoch INTEGER, is_held INTEGER NOT NULL, until INTEGER NOT NULL, cost INTEGER NOT NULL,
      UNIQUE (run_no, stage, name)
    ) STRICT`,
    "CREATE INDEX limit_claims_name ON limit_claims (name, claim_no)",
    `CREATE TABLE limit_tokens (
      name TEXT NOT NULL, taker TEXT NOT NULL, at INTEGER NOT NULL, cost INTEGER NOT NULL, PRIMARY KEY (name, taker)
    ) STRICT, WITHOUT ROWID`,
    "CREATE INDEX limit_tokens_at ON limit_tokens (name, at)",

    // Events that were said to all runs that waited for them, so that none is said twice.
    `CREATE TABLE emissions (
      key TEXT PRIMARY KEY, run_no INTEGER NOT NULL, delivered INTEGER NOT NULL, at INTEGER NOT NULL
    ) STRICT`,
    // 3: a stageWaiting.
    "CREATE INDEX events_waits ON events (run_no) WHERE type = 3",
  ],
};
