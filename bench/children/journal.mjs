import { promisify } from "node:util";
import sqlite3 from "sqlite3";

/** Bytes a stage that a run's journal takes in SQLite beside what the stages gave: all columns, where a number takes eight. */
export async function journalBytes(file, run, tasks) {
  const connection = new sqlite3.Database(file, sqlite3.OPEN_READONLY);
  const all = promisify(connection.all.bind(connection));
  const columns = (await all("PRAGMA table_info(events)")).map(
    ({ name }) => `CASE typeof(${name}) WHEN 'integer' THEN 8 WHEN 'null' THEN 0 ELSE octet_length(${name}) END`,
  );
  const ofRun = "run_no = (SELECT run_no FROM runs WHERE id = ?)";
  const [{ bytes }] = await all(`SELECT sum(${columns.join(" + ")}) AS bytes FROM events WHERE ${ofRun}`, run);
  await promisify(connection.close.bind(connection))();
  const given = tasks.reduce((sum, { id }) => sum + JSON.stringify({ id, value: "x".repeat(80) }).length, 0);
  return (bytes - given) / tasks.length;
}
