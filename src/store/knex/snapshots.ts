import { createHash } from "node:crypto";
import type { Snapshot, Store } from "../../engine/ports.js";
import type { Database } from "./database.js";

type Part = Pick<Store, "snapshot" | "keepSnapshot">;

export function snapshots(database: Database): Part {
  return {
    async snapshot(run) {
      const row: (Snapshot & { readonly hash: string }) | undefined = await database.read((queries) =>
        queries
          .table("snapshots")
          .join("runs", "runs.run_no", "snapshots.run_no")
          .where("runs.id", run)
          .first("snapshots.seq", "snapshots.reducer", "snapshots.hash", "snapshots.body"),
      );
      if (row === undefined || hashOf(row.body) !== row.hash) return undefined;
      const { seq, reducer, body } = row;
      return { seq, reducer, body };
    },
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

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
