import type { JournalSql } from "../dialect.js";
import { commitSql } from "../journal-sql.js";

/** Constant texts with few parameters: the cost of a commit must not grow with Knex's work per row. */
export const journalSql: JournalSql = {
  commit: commitSql,
  begin: `INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
    SELECT ?, e.key + 1, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4,
      unhex(e.value ->> 5)
    FROM json_each(?) e`,
  // The cells are JSON already, so they are joined as text and parsed once, by the reader.
  page: `SELECT '[' || group_concat(row, ',') || ']' AS page FROM (
    SELECT '[' || seq || ',' || type || ',' || coalesce(json_quote(stage), 'null') || ',' || at || ','
      || coalesce(data, 'null') || ',' || coalesce(refs, 'null') || ']' AS row
    FROM events WHERE run_no = (SELECT run_no FROM runs WHERE id = ?) AND seq > ? ORDER BY seq LIMIT ?)`,
};
