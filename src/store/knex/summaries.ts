import type { KeptSummary, Store } from "../../engine/ports.js";
import type { Database } from "./database.js";

type Part = Pick<Store, "summaries" | "keepSummaries" | "dropSummaries">;

export function summaries(database: Database): Part {
  return {
    async summaries({ workflow, since }) {
      const rows: KeptSummary[] = await database.read((queries) => {
        const query = queries.table("summaries").join("runs", "runs.run_no", "summaries.run_no");
        if (workflow !== undefined) query.where("runs.workflow", workflow);
        if (since !== undefined) query.where("runs.created_at", ">=", since);
        return query.select("runs.id as run", "summaries.seq", "summaries.maker", "summaries.body");
      });
      return rows;
    },
    async keepSummaries(kept) {
      await database.write(async (queries) => {
        for (const { run, seq, maker, body } of kept) {
          await queries.raw(
            `INSERT INTO summaries (run_no, seq, maker, body) SELECT run_no, ?, ?, ? FROM runs WHERE id = ?
              ON CONFLICT (run_no) DO UPDATE SET seq = excluded.seq, maker = excluded.maker, body = excluded.body`,
            [seq, maker, body, run],
          );
        }
      });
    },
    dropSummaries: () => database.write(async (queries) => Number(await queries.table("summaries").delete())),
  };
}
