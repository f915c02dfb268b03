import { ENTRY_COLUMNS } from "./entry.js";

const row = `(${ENTRY_COLUMNS.map(() => "?").join(", ")})`;
const commits = new Map<number, string>();

/** The insert of so many entries into the view `commits`, which does all of a commit; the same text each time. */
export function commitSql(entries: number): string {
  let sql = commits.get(entries);
  if (sql === undefined) {
    const rows = new Array(entries).fill(row).join(", ");
    sql = `INSERT INTO commits (${ENTRY_COLUMNS.join(", ")}) VALUES ${rows}`;
    commits.set(entries, sql);
  }
  return sql;
}
