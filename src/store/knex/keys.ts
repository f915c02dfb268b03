import type { DataKey, KeyStore } from "../../engine/ports.js";
import type { Database, Queries } from "./database.js";

interface Row {
  readonly name: string;
  readonly wrapped_by: string;
  readonly wrapped: string;
}

const NAMES_AT_ONCE = 500;

export function keys(database: Database): KeyStore {
  return {
    keepDataKey: (key) =>
      database.write(async (queries) => {
        await insertDataKey(queries, key);
        const row: Row = await queries.table("data_keys").where({ name: key.name }).first();
        return keyOf(row);
      }),
    dataKeys: (names) =>
      database.read(async (queries) => {
        if (names === undefined) {
          const all: Row[] = await queries.table("data_keys").orderBy("name");
          return all.map(keyOf);
        }
        const found: DataKey[] = [];
        for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
          const some = names.slice(from, from + NAMES_AT_ONCE);
          const rows: Row[] = await queries.table("data_keys").whereIn("name", some);
          found.push(...rows.map(keyOf));
        }
        return found;
      }),
    async rewrapDataKey({ name, wrappedBy, wrapped }, before) {
      const changed: readonly unknown[] = await database.write((queries) =>
        queries
          .table("data_keys")
          .where({ name, wrapped_by: before })
          .update({ wrapped_by: wrappedBy, wrapped })
          .returning("name"),
      );
      return changed.length === 1;
    },
  };
}

/** The first one of a name stays. */
export async function insertDataKey(queries: Queries, key: DataKey | undefined): Promise<void> {
  if (key === undefined) return;
  const row: Row = { name: key.name, wrapped_by: key.wrappedBy, wrapped: key.wrapped };
  await queries.table("data_keys").insert(row).onConflict("name").ignore();
}

function keyOf({ name, wrapped_by, wrapped }: Row): DataKey {
  return { name, wrappedBy: wrapped_by, wrapped };
}
