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
  /**
   * Milliseconds SQLite itself may sleep for a lock. Short: it sleeps on a thread that the holder of the lock may need.
   */
  readonly sleepMs: number;
  /** Between two writes: lets timers and signals in. */
  rest(): Promise<void>;
}

const drivers: Readonly<Record<DriverName, Driver>> = {
  sqlite3: {
    name: "sqlite3",
    exec: (connection, sql) => {
      const { exec } = connection as { exec(sql: string, done: (error: Error | null) => void): void };
      return promisify(exec).call(connection, sql);
    },
    sleepMs: 100,
    rest: async () => {},
  },
  "better-sqlite3": {
    name: "better-sqlite3",
    async exec(connection, sql) {
      (connection as { exec(sql: string): void }).exec(sql);
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
