import type { JournalSql } from "../dialect.js";
import { commitSql } from "../journal-sql.js";
import type { Bindings } from "../queries.js";

/** Commits of at most so many are kept compiled. */
const ENTRIES_COMPILED = 256;

const CONSUMED = `WITH consumed AS (DELETE FROM inbox USING json_array_elements(?::json) AS gone (message)
  WHERE inbox.id = (message ->> 1)::bigint AND inbox.run_no = (SELECT run_no FROM runs WHERE id = message ->> 0))`;

export const journalSql: JournalSql = {
  commit: (entries) => ({
    sql: commitSql(entries.length),
    bindings: entries.flat() as Bindings,
    isKept: entries.length <= ENTRIES_COMPILED,
  }),
  consume(entries, messages) {
    const { sql, bindings, isKept } = journalSql.commit(entries);
    return { sql: `${CONSUMED} ${sql}`, bindings: [JSON.stringify(messages), ...bindings], isKept };
  },
  begin: `INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
    SELECT (SELECT run_no FROM runs WHERE id = ?), e.place, (e.value ->> 0)::bigint, e.value ->> 1, (e.value ->> 2)::bigint, e.value ->> 3,
      e.value ->> 4, decode(e.value ->> 5, 'hex')
    FROM json_array_elements(?::json) WITH ORDINALITY AS e (value, place)`,
  // Text, not JSONB: the audit chain is over the very bytes that were written.
  pages: `SELECT a.place - 1 AS place, (SELECT '[' || string_agg(line, ',' ORDER BY seq) || ']' FROM (
    SELECT seq, '[' || seq || ',' || type || ',' || coalesce(to_json(stage)::text, 'null') || ',' || at || ','
      || coalesce(data, 'null') || ',' || coalesce(refs, 'null') || ']' AS line
    FROM events WHERE run_no = (SELECT run_no FROM runs WHERE id = a.value ->> 0)
      AND seq > (a.value ->> 1)::bigint AND seq <= (a.value ->> 2)::bigint) AS lines) AS page
    FROM json_array_elements(?::json) WITH ORDINALITY AS a (value, place)`,
};
