import type { JournalSql } from "../dialect.js";
import { commitSql } from "../journal-sql.js";

export const journalSql: JournalSql = {
  commit: commitSql,
  begin: `INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
    SELECT ?::bigint, e.place, (e.value ->> 0)::bigint, e.value ->> 1, (e.value ->> 2)::bigint, e.value ->> 3,
      e.value ->> 4, decode(e.value ->> 5, 'hex')
    FROM json_array_elements(?::json) WITH ORDINALITY AS e (value, place)`,
  // Text, not JSONB: the audit chain is over the very bytes that were written.
  page: `SELECT '[' || string_agg(line, ',' ORDER BY seq) || ']' AS page FROM (
    SELECT seq, '[' || seq || ',' || type || ',' || coalesce(to_json(stage)::text, 'null') || ',' || at || ','
      || coalesce(data, 'null') || ',' || coalesce(refs, 'null') || ']' AS line
    FROM events WHERE run_no = (SELECT run_no FROM runs WHERE id = ?) AND seq > ? ORDER BY seq LIMIT ?) AS lines`,
};
