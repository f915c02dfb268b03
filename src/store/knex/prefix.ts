import type { Knex } from "knex";

/** As a range, so that an index serves it and no letter of the prefix has a meaning of its own. */
export function beginsWith(query: Knex.QueryBuilder, column: string, prefix: string): void {
  query.where(column, ">=", prefix).where(column, "<", `${prefix}\u{10ffff}`);
}
