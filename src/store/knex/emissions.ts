import type { Waiting } from "../../core/event.js";
import type { Emission, Store } from "../../engine/ports.js";
import { checkBody, eventBody, hears, unknownRun } from "../rules.js";
import { WAITING } from "./codec.js";
import type { Database, Queries } from "./database.js";

export function emissions(database: Database): Pick<Store, "emit"> {
  return {
    async emit(emission, now) {
      const { key, run, atLeast } = emission;
      const body = eventBody(emission);
      checkBody(body);
      return database.write(async (queries) => {
        const own: { run_no: number } | undefined = await queries.table("runs").where({ id: run }).first("run_no");
        if (own === undefined) throw unknownRun(run);
        const before: { delivered: number } | undefined = await queries.table("emissions").where({ key }).first();
        if (before !== undefined) return before.delivered;
        const runs = await listeners(queries, emission);
        if (runs.length < atLeast) return runs.length;
        await queries.table("emissions").insert({ key, run_no: own.run_no, delivered: runs.length, at: now });
        const text = JSON.stringify(body);
        for (const run_no of runs) await queries.table("inbox").insert({ run_no, at: now, body: text });
        return runs.length;
      });
    },
  };
}

/** Runs in which a stage waits for it: what waits has no later event of its own. */
async function listeners(queries: Queries, emission: Emission): Promise<readonly number[]> {
  const rows = await queries.raw<{ run_no: number; data: string | null }>(
    `SELECT events.run_no, events.data FROM events JOIN runs ON runs.run_no = events.run_no
      WHERE events.type = ${WAITING} AND runs.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM events AS later
        WHERE later.run_no = events.run_no AND later.seq > events.seq AND later.stage = events.stage)
      ORDER BY events.run_no`,
  );
  const waits = rows.filter((row) => {
    const { waiting } = JSON.parse(row.data ?? "{}") as { waiting?: Waiting };
    // What is too large for its row is judged by the run itself.
    return waiting === undefined || hears(waiting, emission);
  });
  return [...new Set(waits.map(({ run_no }) => run_no))];
}
