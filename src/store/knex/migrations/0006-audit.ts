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
  postgres: [
    `CREATE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'the audit trail stays';
    END $$`,
    "CREATE TRIGGER audit_stays BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit()",
    "CREATE TRIGGER audit_full BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit()",
    `CREATE VIEW commits AS SELECT ''::text AS run, 0::bigint AS epoch, 0::bigint AS expected_seq,
      0::bigint AS events_count, 0::bigint AS lease_until, ''::text AS status, 0::bigint AS updated_at,
      0::bigint AS ended_at, 0::bigint AS stages, 0::bigint AS ended, 0::bigint AS failed, 0::bigint AS wake_at,
      ''::text AS waiting_for, ''::text AS outputs, ''::text AS outputs_ref, ''::text AS error, ''::text AS events,
      ''::text AS head_hash`,
    `CREATE FUNCTION commit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE taken bigint;
    BEGIN
      UPDATE runs SET head_seq = new.expected_seq + new.events_count, lease_until = new.lease_until,
        status = new.status, updated_at = new.updated_at, ended_at = new.ended_at, stages = new.stages,
        ended = new.ended, failed = new.failed, wake_at = new.wake_at, waiting_for = new.waiting_for,
        outputs = new.outputs, outputs_ref = new.outputs_ref, error = new.error, head_hash = new.head_hash
        WHERE id = new.run AND epoch = new.epoch AND head_seq = new.expected_seq AND owner IS NOT NULL
        RETURNING run_no INTO taken;
      IF taken IS NULL THEN RAISE EXCEPTION 'FENCED' USING ERRCODE = 'SC001'; END IF;
      INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
        SELECT taken, new.expected_seq + e.place, (e.value ->> 0)::bigint, e.value ->> 1, (e.value ->> 2)::bigint,
          e.value ->> 3, e.value ->> 4, decode(e.value ->> 5, 'hex')
        FROM json_array_elements(new.events::json) WITH ORDINALITY AS e (value, place);
      RETURN new;
    END $$`,
    "CREATE TRIGGER commits_insert INSTEAD OF INSERT ON commits FOR EACH ROW EXECUTE FUNCTION commit_entry()",
  ],
};
