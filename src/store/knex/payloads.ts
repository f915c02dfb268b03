import type { Bodies, Payload } from "./codec.js";
import type { Queries } from "./database.js";

/** Writes what is not there yet. Content decides the name, so what is there is the same. */
export async function keepPayloads(queries: Queries, payloads: readonly Payload[]): Promise<void> {
  for (const { hash, body } of payloads) {
    await queries.table("payloads").insert({ hash, body }).onConflict("hash").ignore();
  }
}

const AT_ONCE = 100;

export async function fetchPayloads(queries: Queries, hashes: ReadonlySet<string>): Promise<Bodies> {
  const bodies = new Map<string, string>();
  const wanted = [...hashes];
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const rows: Payload[] = await queries.table("payloads").whereIn("hash", wanted.slice(from, from + AT_ONCE));
    for (const row of rows) bodies.set(row.hash, row.body);
  }
  return bodies;
}
