import type { Migration } from "./migration.js";

/**
 * The audit chain. The last event of a commit keeps the commit's hash and a mark of each of its events; the run keeps the
 * last hash. `digest` stands for what an event said before it was erased. `audit` is a chain of its own, of what is no
 * event of a run, and the file refuses to change it.
 */
export const audit: Migration = {
  version: 6,
  name: "audit",
  sqlite: [
    "ALTER TABLE runs ADD COLUMN salt TEXT",
    "ALTER TABLE runs ADD COLUMN head_hash TEXT",
    "ALTER TABLE events ADD COLUMN link BLOB",
    "ALTER TABLE events ADD COLUMN digest BLOB",
    `CREATE TABLE audit (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL, actor TEXT NOT NULL, run TEXT,
      detail TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX audit_run ON audit (run, action)",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail stays'); END",
    "CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail stays'); END",
    "DROP TRIGGER commits_insert",
    "DROP VIEW commits",
    `CREATE VIEW commits AS SELECT '' AS run, 0 AS epoch, 0 AS expected_seq, 0 AS events_count, 0 AS lease_until,
      '' AS status, 0 AS updated_at, 0 AS ended_at, 0 AS stages, 0 AS ended, 0 AS failed, 0 AS wake_at,
      '' AS waiting_for, '' AS outputs, '' AS outputs_ref, '' AS error, '' AS events, '' AS head_hash`,
    `CREATE TRIGGER commits_insert INSTEAD OF INSERT ON commits BEGIN
      UPDATE runs SET head_seq = new.expected_seq + new.events_count, lease_until = new.lease_until,
        status = new.status, updated_at = new.updated_at, ended_at = new.ended_at, stages = new.stages,
        ended = new.ended, failed = new.failed, wake_at = new.wake_at, waiting_for = new.waiting_for,
        outputs = new.outputs, outputs_ref = new.outputs_ref, error = new.error, head_hash = new.head_hash
        WHERE id = new.run AND epoch = new.epoch AND head_seq = new.expected_seq AND owner IS NOT NULL;
      SELECT raise(ABORT, 'FENCED') WHERE changes() = 0;
      INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
        SELECT (SELECT run_no FROM runs WHERE id = new.run), new.expected_seq + 1 + e.key,
          e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4, unhex(e.value ->> 5)
        FROM json_each(new.events) e;
    END`,
  ],
};
