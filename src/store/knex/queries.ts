import type { Knex } from "knex";

export type Bindings = readonly Knex.RawBinding[];

/** Queries on one connection. */
export interface Queries {
  table(name: string): Knex.QueryBuilder;
  raw<Row>(sql: string, bindings?: Bindings): Promise<Row[]>;
}
