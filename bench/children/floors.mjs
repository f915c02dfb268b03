// The least that running a graph can cost: in-degrees and p-limit; and what is written when each end must be on disk
// before anything that needs it begins.
import { promisify } from "node:util";
import pLimit from "p-limit";
import { AT_ONCE } from "../workloads.mjs";

/** @typedef {(run: string, id: string, value: object) => void | Promise<void>} Keep */

/** Runs of one graph at the same time. @param {Keep | undefined} keep resolves when the end of a stage is on disk */
export async function schedule({ tasks, runs = 1 }, stage, keep) {
  const limit = pLimit(AT_ONCE);
  const dependents = new Map(tasks.map(({ id }) => [id, []]));
  for (const { id, needs } of tasks) for (const before of needs) dependents.get(before).push(id);
  const one = (run) =>
    new Promise((resolve, reject) => {
      const open = new Map(tasks.map(({ id, needs }) => [id, needs.length]));
      let left = tasks.length;
      const start = (id) => {
        limit(async () => {
          const given = stage(run, id);
          const value = given instanceof Promise ? await given : given;
          await keep?.(run, id, value);
          for (const next of dependents.get(id)) {
            const count = open.get(next) - 1;
            open.set(next, count);
            if (count === 0) start(next);
          }
          left -= 1;
          if (left === 0) resolve();
        }).catch(reject);
      };
      for (const { id, needs } of tasks) if (needs.length === 0) start(id);
    });
  await Promise.all(Array.from({ length: runs }, (_, at) => one(`run${at}`)));
}

/**
 * One table and one compiled statement, through the driver that Stagecraft uses and synced as Stagecraft's commits are.
 * @param {"sqlite3" | "better-sqlite3" | "postgres"} driver @param {string} place a file, or the address of a database
 */
export async function openKeeper(driver, place) {
  const { insert, close } = await OPEN[driver](place);
  let waiting = [];
  let isBusy = false;
  async function flush() {
    isBusy = true;
    while (waiting.length > 0) {
      const taken = waiting;
      waiting = [];
      await insert(taken.map(({ row }) => row));
      for (const { done } of taken) done();
      await new Promise(setImmediate);
    }
    isBusy = false;
  }
  const rowOf = (run, id, value) => [run, id, JSON.stringify(value)];
  return {
    /** A transaction a stage. @type {Keep} */
    single: (run, id, value) => insert([rowOf(run, id, value)]),
    /** One for all that ended meanwhile. @type {Keep} */
    grouped: (run, id, value) =>
      new Promise((done) => {
        waiting.push({ row: rowOf(run, id, value), done });
        if (isBusy) return;
        isBusy = true;
        setImmediate(flush);
      }),
    close,
  };
}

const PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
const TABLE = "CREATE TABLE done (run TEXT, id TEXT, value TEXT, PRIMARY KEY (run, id))";
const INSERT = "INSERT INTO done SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2 FROM json_each(?) e";

const OPEN = {
  async sqlite3(file) {
    const { default: sqlite3 } = await import("sqlite3");
    const connection = new sqlite3.Database(file);
    await promisify(connection.exec).call(connection, `${PRAGMAS}; ${TABLE} WITHOUT ROWID`);
    const statement = connection.prepare(INSERT);
    const run = promisify(statement.run).bind(statement);
    return { insert: (rows) => run(JSON.stringify(rows)), close() {} };
  },
  async "better-sqlite3"(file) {
    const { default: Database } = await import("better-sqlite3");
    const connection = new Database(file);
    connection.exec(`${PRAGMAS}; ${TABLE} WITHOUT ROWID`);
    const statement = connection.prepare(INSERT);
    return { insert: async (rows) => void statement.run(JSON.stringify(rows)), close() {} };
  },
  /** Statements that commit by themselves: of one row with its values, of several with a list a column. */
  async postgres(url) {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: url, max: 20 });
    await pool.query(TABLE);
    const one = { name: "one", text: "INSERT INTO done VALUES ($1, $2, $3)" };
    const many = { name: "many", text: "INSERT INTO done SELECT * FROM unnest($1::text[], $2::text[], $3::text[])" };
    const columns = (rows) => [0, 1, 2].map((at) => rows.map((row) => row[at]));
    return {
      insert: (rows) =>
        pool.query(rows.length === 1 ? { ...one, values: rows[0] } : { ...many, values: columns(rows) }),
      close: () => pool.end(),
    };
  },
};
