import { createHash } from "node:crypto";
import type { Snapshot, Store } from "../../engine/ports.js";
import type { Database } from "./database.js";
import { together } from "./together.js";

type Part = Pick<Store, "snapshot" | "keepSnapshot">;

export function snapshots(database: Database): Part {
  return {
    snapshot: together((runs: readonly string[]) => snapshotsOf(database, runs)),
    async keepSnapshot(run, { seq, reducer, body }) {
      await database.statement(
        `INSERT INTO snapshots (run_no, seq, reducer, hash, body) SELECT run_no, ?, ?, ?, ? FROM runs WHERE id = ?
          ON CONFLICT (run_no) DO UPDATE SET seq = excluded.seq, reducer = excluded.reducer, hash = excluded.hash,
          body = excluded.body WHERE excluded.seq >= snapshots.seq`,
        [seq, reducer, hashOf(body), body, run],
      );
    },
  };
}

async function snapshotsOf(database: Database, runs: readonly string[]): Promise<readonly (Snapshot | undefined)[]> {
  const rows: (Snapshot & { readonly run: string; readonly hash: string })[] = await database.read((queries) =>
    queries
      .table("snapshots")
      .join("runs", "runs.run_no", "snapshots.run_no")
      .whereIn("runs.id", [...new Set(runs)])
      .select("runs.id as run", "snapshots.seq", "snapshots.reducer", "snapshots.hash", "snapshots.body"),
  );
  const whole = rows.filter(({ body, hash }) => hashOf(body) === hash);
  const found = new Map(whole.map(({ run, seq, reducer, body }) => [run, { seq, reducer, body }]));
  return runs.map((run) => found.get(run));
}

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
