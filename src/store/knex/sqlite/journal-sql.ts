import type { JournalSql } from "../dialect.js";
import { ENTRY_COLUMNS } from "../entry.js";
import { commitSql } from "../journal-sql.js";

const cells = ENTRY_COLUMNS.map((_, at) => `e.value ->> ${at}`).join(", ");
/** One text for any number of entries, compiled once: binding and compiling take longer than reading JSON. */
const COMMIT_MANY = `INSERT INTO commits (${ENTRY_COLUMNS.join(", ")}) SELECT ${cells} FROM json_each(?) e`;

/** Constant texts with few parameters: the cost of a commit must not grow with Knex's work per row. */
export const journalSql: JournalSql = {
  commit(entries) {
    const [only] = entries;
    const isOne = only !== undefined && entries.length === 1;
    return isOne
      ? { sql: commitSql(1), bindings: only, isKept: true }
      : { sql: COMMIT_MANY, bindings: [JSON.stringify(entries)], isKept: true };
  },
  begin: `INSERT INTO events (run_no, seq, type, stage, at, data, refs, link)
    SELECT (SELECT run_no FROM runs WHERE id = ?), e.key + 1, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4,
      unhex(e.value ->> 5)
    FROM json_each(?) e`,
  // The cells are JSON already, so they are joined as text and parsed once, by the reader.
  pages: `SELECT a.key AS place, (SELECT '[' || group_concat(row, ',') || ']' FROM (
    SELECT '[' || seq || ',' || type || ',' || coalesce(json_quote(stage), 'null') || ',' || at || ','
      || coalesce(data, 'null') || ',' || coalesce(refs, 'null') || ']' AS row
    FROM events WHERE run_no = (SELECT run_no FROM runs WHERE id = a.value ->> 0)
      AND seq > (a.value ->> 1) AND seq <= (a.value ->> 2) ORDER BY seq)) AS page FROM json_each(?) a`,
};
