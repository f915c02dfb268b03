import type { Migration } from "./migration.js";

/**
 * A commit leaves alone what it does not change. SQLite writes an index anew whenever one of its columns is named in an
 * update, and few commits change the status of a run or when it is due.
 */
export const commits: Migration = {
  version: 22,
  name: "commits",
  sqlite: [
    "DROP TRIGGER commits_insert",
    `CREATE TRIGGER commits_insert INSTEAD OF INSERT ON commits BEGIN
      UPDATE runs SET head_seq = new.expected_seq + new.events_count, lease_until = new.lease_until,
        updated_at = new.updated_at, ended_at = new.ended_at, stages = new.stages,
        ended = new.ended, failed = new.failed, waiting_for = new.waiting_for,
        outputs = new.outputs, outputs_ref = new.outputs_ref, error = new.error, head_hash = new.head_hash
        WHERE id = new.run AND epoch = new.epoch AND head_seq = new.expected_seq AND owner IS NOT NULL;
      SELECT raise(ABORT, 'FENCED') WHERE changes() = 0;
      UPDATE runs SET status = new.status WHERE id = new.run AND status <> new.status;
      UPDATE runs SET wake_at = new.wake_at WHERE id = new.run AND wake_at IS NOT new.wake_at;
      INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
        SELECT (SELECT run_no FROM runs WHERE id = new.run), new.expected_seq + 1 + e.key,
          e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4, unhex(e.value ->> 5)
        FROM json_each(new.events) e;
    END`,
  ],
  // It looks at the values, not at the words.
  postgres: [],
};
