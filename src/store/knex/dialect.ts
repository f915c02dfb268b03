import type { Knex } from "knex";
import type { Migration } from "./migrations/migration.js";
import type { Bindings, Queries, Turn } from "./queries.js";

/** What differs between the databases behind Knex. */
export interface Dialect {
  /** Opens both. `most` connections write at a time: one where writes of a process would collide instead of queueing. */
  connect(): Promise<{ readonly writer: Knex; readonly reader: Knex; readonly most: number }>;
  /** Starts a transaction that already holds the right to write. */
  readonly begin: string;
  /**
   * Waits for the right to write where the database does not do so by itself. What `attempt` did not do, it may do again;
   * what only reads, also where that is not known.
   */
  patiently<T>(attempt: () => Promise<T>, onlyReads?: boolean): Promise<T>;
  /** Runs a transaction, and again where the database undid it for the sake of another. */
  whole<T>(transaction: () => Promise<T>): Promise<T>;
  /** The statement after which no other transaction writes to a table, or migrates, until this one ends. */
  alone(table: Turn): string;
  /** Where a statement means so many runs by their ids; it waits for them in one order, or two would for each other. */
  ofRuns(count: number): string;
  /** The rows of what Knex gives for a raw statement. */
  rows(result: unknown): readonly unknown[];
  /** One statement without rows on a connection of the writer's, compiled once as long as that lasts. */
  run(connection: unknown, sql: string, bindings: Bindings): Promise<void>;
  /** The names of all tables there are. */
  readonly tables: string;
  /** The columns of a table's primary key in their order, in a column `name`; takes the table. */
  readonly key: string;
  /** After which new numbers of a column come behind those that are there. */
  goOn(table: string, column: string): string;
  /** After which a transaction sees one state of the database until its end. */
  readonly oneState: string;
  readonly journal: JournalSql;
  migrationSql(migration: Migration): readonly string[];
  /** A thrown thing as the fault a person can act on. */
  fault(error: unknown): Promise<Error>;
  /** The rule of ours a statement broke, if it is that. */
  broken(error: unknown): Rule | undefined;
  readonly upkeep: UpkeepSql;
  /** After each write, before it is acknowledged. Throws when it did not reach where it should. */
  written(): Promise<void> | undefined;
}

/** What a database says about itself, each its own way. */
export interface UpkeepSql {
  readonly driver: string;
  bytes(queries: Queries): Promise<Readonly<Record<string, number>>>;
  settings(queries: Queries): Promise<Readonly<Record<string, string>>>;
  /** What its own check of the whole file finds wrong. */
  check(queries: Queries): Promise<readonly string[]>;
  /** A query for all hashes that rows refer to, in a column `hash`. */
  readonly referred: string;
}

export type Rule = "fenced" | "done-twice" | "approval-taken" | "run-exists";

export interface Commit {
  readonly sql: string;
  readonly bindings: Bindings;
  readonly isKept: boolean;
}

/** Events travel as one JSON text: a list of `[type, stage, at, data, refs]`, the last with its commit's link in hex behind. */
export interface JournalSql {
  /** Of the values of each entry; breaks the rule `fenced` and keeps nothing if one is. `isKept`: worth being kept compiled. */
  commit(entries: readonly Bindings[]): Commit;
  /** The same, with which messages are gone; absent where one statement cannot do both. */
  consume?(entries: readonly Bindings[], messages: readonly (readonly [run: string, id: number])[]): Commit;
  /** Takes run id and events: the first of a journal. */
  readonly begin: string;
  /**
   * Takes a JSON list of `[run id, after, last seq]`; gives a row for each with its `place` in that list, and as `page` a JSON
   * list of `[seq, type, stage, at, data, refs]`.
   */
  readonly pages: string;
}
