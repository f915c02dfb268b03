import { checkPayload } from "../../core/payload.js";
import type { NewOccurrence, Occurrence, Store } from "../../engine/ports.js";
import type { Database, Queries } from "./database.js";

type Part = Pick<Store, "keepOccurrence" | "occurrences" | "lastOccurrence" | "dropOccurrences">;

interface Row {
  readonly occurrence_no: number;
  readonly key: string;
  readonly source: Occurrence["source"];
  readonly name: string;
  readonly data: string;
  readonly said_by: string;
  readonly at: number;
  readonly hops: number;
}

export function occurrences(database: Database): Part {
  return {
    async keepOccurrence(occurrence) {
      checkPayload(() => `the data of ${occurrence.name}`, occurrence.data);
      return database.write((queries) => insertOccurrence(queries, occurrence, { run_no: null, delivered: 0 }));
    },
    async occurrences({ source, name }, after, limit) {
      const rows: Row[] = await database.read((queries) =>
        queries
          .table("occurrences")
          .where({ source, name })
          .where("occurrence_no", ">", after)
          .orderBy("occurrence_no")
          .limit(limit),
      );
      return rows.map(fromRow);
    },
    async lastOccurrence() {
      const last: { no: number | null } | undefined = await database.read((queries) =>
        queries.table("occurrences").max({ no: "occurrence_no" }).first(),
      );
      return last?.no ?? 0;
    },
    async dropOccurrences(no, at) {
      await database.write((queries) =>
        queries.table("occurrences").where("occurrence_no", "<=", no).where("at", "<", at).delete(),
      );
    },
  };
}

/** One at a time: a reader that has seen a number must not miss a smaller one that was still on its way. */
export async function insertOccurrence(
  queries: Queries,
  { by, data, key, source, name, at, hops }: NewOccurrence,
  more: { readonly run_no: number | null; readonly delivered: number },
): Promise<boolean> {
  await queries.alone("occurrences");
  const row = { key, source, name, at, hops, said_by: by, data: JSON.stringify(data), ...more };
  const kept: readonly unknown[] = await queries
    .table("occurrences")
    .insert(row)
    .onConflict("key")
    .ignore()
    .returning("occurrence_no");
  return kept.length === 1;
}

function fromRow({ occurrence_no: no, key, source, name, data, said_by: by, at, hops }: Row): Occurrence {
  return { no, key, source, name, data: JSON.parse(data), by, at, hops };
}
