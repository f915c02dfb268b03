import type { Waiting } from "../../core/event.js";
import type { Emission, Store } from "../../engine/ports.js";
import { checkBody, eventBody, hears, occurrenceOf, unknownRun } from "../rules.js";
import { WAITING } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { insertOccurrence } from "./occurrences.js";

export function emissions(database: Database): Pick<Store, "emit"> {
  return {
    async emit(emission, now) {
      const { key, run, atLeast } = emission;
      const body = eventBody(emission);
      checkBody(body);
      return database.write(async (queries) => {
        const run_no = await speakerOf(queries, run);
        // What was said from outside is known by what is kept for triggers; a run's word is kept as long as the run is.
        const said = run_no === null ? "occurrences" : "emissions";
        await queries.alone("occurrences");
        const before: { delivered: number } | undefined = await queries.table(said).where({ key }).first("delivered");
        if (before !== undefined) return before.delivered;
        const runs = await listeners(queries, emission);
        const delivered = runs.length;
        if (delivered < atLeast) return delivered;
        if (run_no !== null) await queries.table("emissions").insert({ key, run_no, delivered, at: now });
        await insertOccurrence(queries, occurrenceOf(emission, now), { run_no, delivered });
        const text = JSON.stringify(body);
        for (const run_no of runs) await queries.table("inbox").insert({ run_no, at: now, body: text });
        return runs.length;
      });
    },
  };
}

/** @throws StagecraftError `unknown-run` */
async function speakerOf(queries: Queries, run: string | null): Promise<number | null> {
  if (run === null) return null;
  const own: { run_no: number } | undefined = await queries.table("runs").where({ id: run }).first("run_no");
  if (own === undefined) throw unknownRun(run);
  return own.run_no;
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
