import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { StagecraftError } from "../../../core/errors.js";

export type DriverName = "sqlite3" | "better-sqlite3";

/** What differs between the packages that carry SQLite. */
export interface Driver {
  /** Knex's name for it, and the package's. */
  readonly name: DriverName;
  /** Runs statements without values on a connection as Knex's pool makes it. */
  exec(connection: unknown, sql: string): Promise<void>;
  /** Runs a statement that gives no rows, and keeps it compiled as long as the connection. For few different texts. */
  run(connection: unknown, sql: string, values: readonly unknown[]): Promise<void>;
  /**
   * Milliseconds SQLite itself may sleep for a lock. Short: it sleeps on a thread that the holder of the lock may need.
   */
  readonly sleepMs: number;
  /** Between two writes: lets timers and signals in. */
  rest(): Promise<void> | undefined;
}

interface AsyncStatement {
  run(values: readonly unknown[], done: (error: Error | null) => void): void;
  finalize(done: () => void): void;
}

interface AsyncConnection {
  prepare(sql: string, done: (error: Error | null) => void): AsyncStatement;
  close(done: (error: Error | null) => void): void;
}

interface SyncConnection {
  prepare(sql: string): { run(...values: readonly unknown[]): void };
}

/** Statements kept compiled, those used last: a commit of many runs takes some hundred kilobytes. */
const COMPILED = 40;

const asyncStatements = new WeakMap<AsyncConnection, Map<string, AsyncStatement>>();

function knownAsync(connection: AsyncConnection, sql: string): AsyncStatement | undefined {
  const statements = asyncStatements.get(connection);
  const known = statements?.get(sql);
  if (known === undefined) return undefined;
  statements?.delete(sql);
  statements?.set(sql, known);
  return known;
}

function runAsync(statement: AsyncStatement, values: readonly unknown[]): Promise<void> {
  return new Promise((done, failed) => {
    statement.run(values, (error) => (error === null ? done() : failed(error)));
  });
}

async function compiledAsync(connection: AsyncConnection, sql: string): Promise<AsyncStatement> {
  const statement = await new Promise<AsyncStatement>((done, failed) => {
    const made = connection.prepare(sql, (error) => (error === null ? done(made) : failed(error)));
  });
  let statements = asyncStatements.get(connection);
  if (statements === undefined) {
    statements = new Map();
    asyncStatements.set(connection, statements);
    finalizeFirst(connection, statements);
  }
  statements.set(sql, statement);
  for (const [oldest, unused] of statements) {
    if (statements.size <= COMPILED) break;
    statements.delete(oldest);
    unused.finalize(() => {});
  }
  return statement;
}

/** A connection with statements that were not given up refuses to be closed. */
function finalizeFirst(connection: AsyncConnection, statements: ReadonlyMap<string, AsyncStatement>): void {
  const { close } = connection;
  connection.close = (done) => {
    const given = [...statements.values()].map(
      (statement) => new Promise<void>((finalized) => statement.finalize(finalized)),
    );
    void Promise.all(given).then(() => close.call(connection, done));
  };
}

const syncStatements = new WeakMap<SyncConnection, Map<string, ReturnType<SyncConnection["prepare"]>>>();

function compiledSync(connection: SyncConnection, sql: string): ReturnType<SyncConnection["prepare"]> {
  const statements = syncStatements.get(connection) ?? new Map();
  syncStatements.set(connection, statements);
  const statement = statements.get(sql) ?? connection.prepare(sql);
  statements.delete(sql);
  statements.set(sql, statement);
  for (const oldest of statements.keys()) {
    if (statements.size <= COMPILED) break;
    statements.delete(oldest);
  }
  return statement;
}

const drivers: Readonly<Record<DriverName, Driver>> = {
  sqlite3: {
    name: "sqlite3",
    exec: (connection, sql) => {
      const { exec } = connection as { exec(sql: string, done: (error: Error | null) => void): void };
      return promisify(exec).call(connection, sql);
    },
    run(connection, sql, values) {
      const known = knownAsync(connection as AsyncConnection, sql);
      if (known !== undefined) return runAsync(known, values);
      return compiledAsync(connection as AsyncConnection, sql).then((statement) => runAsync(statement, values));
    },
    sleepMs: 100,
    rest: () => undefined,
  },
  "better-sqlite3": {
    name: "better-sqlite3",
    async exec(connection, sql) {
      (connection as { exec(sql: string): void }).exec(sql);
    },
    async run(connection, sql, values) {
      compiledSync(connection as SyncConnection, sql).run(...values);
    },
    // Its calls are synchronous: a sleep would stop the whole process, and awaiting them never leaves the microtask queue.
    sleepMs: 0,
    rest: () => setImmediate(),
  },
};

/** @throws StagecraftError `store-driver`: not installed, or its native part is missing */
export async function loadDriver(name: DriverName): Promise<Driver> {
  try {
    await import(name);
    return drivers[name];
  } catch (cause) {
    throw driverFault(name, cause);
  }
}

export function driverFault(name: DriverName, cause: unknown): StagecraftError {
  const absent = (cause as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
  const message = absent ? `the package ${name} is not installed` : `the native part of ${name} cannot be loaded`;
  const help = absent
    ? `Install it with: npm install ${name}`
    : `Build it for this Node with: npm rebuild ${name} (install scripts must be allowed for it)`;
  return new StagecraftError("store-driver", message, { kind: "environment", help, cause });
}
