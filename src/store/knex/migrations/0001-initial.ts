import type { Migration } from "./migration.js";

/**
 * Times are milliseconds since the epoch. `run_no` stands for a run inside the database; people and code know its `id`.
 * Columns ending in `_ref` name a payload that stands for the column before them.
 */
export const initial: Migration = {
  version: 1,
  name: "initial",
  sqlite: [
    `CREATE TABLE definitions (
      hash TEXT PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, plan TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT`,

    `CREATE TABLE runs (
      run_no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version TEXT NOT NULL,
      definition TEXT NOT NULL REFERENCES definitions (hash), created_by TEXT NOT NULL, created_at INTEGER NOT NULL,
      idempotency_key TEXT,
      owner TEXT, lease_until INTEGER, epoch INTEGER NOT NULL, head_seq INTEGER NOT NULL,
      status TEXT NOT NULL, updated_at INTEGER NOT NULL, ended_at INTEGER, stages INTEGER NOT NULL,
      ended INTEGER NOT NULL, failed INTEGER NOT NULL, wake_at INTEGER, waiting_for TEXT,
      outputs TEXT, outputs_ref TEXT, error TEXT
    ) STRICT`,
    "CREATE UNIQUE INDEX runs_key ON runs (workflow, idempotency_key) WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX runs_created ON runs (created_at)",
    "CREATE INDEX runs_status ON runs (status, created_at)",
    "CREATE INDEX runs_workflow ON runs (workflow, created_at)",
    "CREATE INDEX runs_wake ON runs (wake_at) WHERE wake_at IS NOT NULL",
    "CREATE INDEX runs_owner ON runs (owner) WHERE owner IS NOT NULL",

    // No foreign key to runs: the only ways in are the trigger below and the creation of a run.
    `CREATE TABLE events (
      run_no INTEGER NOT NULL, seq INTEGER NOT NULL, type INTEGER NOT NULL, stage TEXT, at INTEGER NOT NULL,
      refs TEXT, data TEXT, PRIMARY KEY (run_no, seq)
    ) STRICT, WITHOUT ROWID`,
    // 8: a stageEnded that did its work. The file itself refuses a second one.
    "CREATE UNIQUE INDEX events_done ON events (run_no, stage) WHERE type = 8",

    "CREATE TABLE payloads (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT",

    `CREATE TABLE inbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT, run_no INTEGER NOT NULL REFERENCES runs (run_no), at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX inbox_run ON inbox (run_no)",

    `CREATE TABLE approvals (
      approval_no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run_no INTEGER NOT NULL REFERENCES runs (run_no),
      workflow TEXT NOT NULL, stage TEXT NOT NULL,
      request TEXT, request_ref TEXT, status TEXT NOT NULL, decisions TEXT NOT NULL, outcome TEXT,
      opened_at INTEGER NOT NULL, expires_at INTEGER, settled_at INTEGER, version INTEGER NOT NULL
    ) STRICT`,
    "CREATE INDEX approvals_run ON approvals (run_no)",
    "CREATE INDEX approvals_status ON approvals (status, opened_at)",

    // One insert into this view is one entry of a commit: fence, row and events together.
    `CREATE VIEW commits AS SELECT '' AS run, 0 AS epoch, 0 AS expected_seq, 0 AS events_count, 0 AS lease_until,
      '' AS status, 0 AS updated_at, 0 AS ended_at, 0 AS stages, 0 AS ended, 0 AS failed, 0 AS wake_at,
      '' AS waiting_for, '' AS outputs, '' AS outputs_ref, '' AS error, '' AS events`,
    `CREATE TRIGGER commits_insert INSTEAD OF INSERT ON commits BEGIN
      UPDATE runs SET head_seq = new.expected_seq + new.events_count, lease_until = new.lease_until,
        status = new.status, updated_at = new.updated_at, ended_at = new.ended_at, stages = new.stages,
        ended = new.ended, failed = new.failed, wake_at = new.wake_at, waiting_for = new.waiting_for,
        outputs = new.outputs, outputs_ref = new.outputs_ref, error = new.error
        WHERE id = new.run AND epoch = new.epoch AND head_seq = new.expected_seq AND owner IS NOT NULL;
      SELECT raise(ABORT, 'FENCED') WHERE changes() = 0;
      INSERT INTO events (run_no, seq, type, stage, at, data, refs)
        SELECT (SELECT run_no FROM runs WHERE id = new.run), new.expected_seq + 1 + e.key,
          e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4
        FROM json_each(new.events) e;
    END`,
  ],
  postgres: [
    // A run's row changes with each of its commits: room in its page keeps the indexes out of that.
    "ALTER TABLE runs SET (fillfactor = 70)",
    // Whoever waits hears of it at the commit. Only what is new is told: telling takes turns in the whole database.
    `CREATE FUNCTION tell_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_notify('stagecraft', CASE TG_TABLE_NAME WHEN 'runs' THEN 'due' ELSE 'told' END || ' ' ||
        (SELECT id FROM runs WHERE run_no = new.run_no));
      RETURN NULL;
    END $$`,
    "CREATE TRIGGER runs_tell AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION tell_run()",
    "CREATE TRIGGER inbox_tell AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION tell_run()",
  ],
};
