import sqlite3 from "sqlite3";

/** Statements on a database file, from outside: what nobody who asks the program could do. */
export function harm(file: string, sql: string): Promise<void> {
  const database = new sqlite3.Database(file);
  return new Promise((done, failed) =>
    database.exec(sql, (error) => database.close(() => (error ? failed(error) : done()))),
  );
}
