import type { Migration } from "./migration.js";

/** Calls of models, reserved and settled. Dollars are whole billionths; null: no known price. */
export const money: Migration = {
  version: 7,
  name: "money",
  sqlite: [
    `CREATE TABLE spending (
      id TEXT PRIMARY KEY, run TEXT NOT NULL, workflow TEXT NOT NULL, stage TEXT NOT NULL, attempt INTEGER NOT NULL,
      step TEXT NOT NULL, at INTEGER NOT NULL, day TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
      input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, nanos INTEGER, estimated INTEGER NOT NULL,
      settled INTEGER NOT NULL
    ) STRICT`,
    "CREATE INDEX spending_run ON spending (run, stage)",
    "CREATE INDEX spending_day ON spending (workflow, day)",
    "CREATE INDEX spending_at ON spending (at)",
  ],
};
