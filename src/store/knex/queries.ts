import type { Knex } from "knex";

export type Bindings = readonly Knex.RawBinding[];

/** What is checked before it is written, by one transaction at a time. */
export type Turn = "audit" | "occurrences" | "payloads" | "run_groups" | "schema" | "spending";

/** Queries on one connection. */
export interface Queries {
  table(name: string): Knex.QueryBuilder;
  raw<Row>(sql: string, bindings?: Bindings): Promise<Row[]>;
  /** The same without rows, compiled once a connection. Only in a transaction. */
  run(sql: string, bindings: Bindings): Promise<void>;
  /** Only in a transaction: nobody else writes to it until the end. */
  alone(table: Turn): Promise<void>;
}
