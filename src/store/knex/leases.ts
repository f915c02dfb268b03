import type { Lease, Owner, Store } from "../../engine/ports.js";
import { ACTIVE, type Candidate, inTurn, unknownRun } from "../rules.js";
import type { Database, Queries } from "./database.js";
import { HEAD_COLUMNS, type HeadColumns, type Heads } from "./heads.js";

type Part = Pick<Store, "claim" | "renew" | "release" | "claimable">;

/** Each change is one conditional update: what decides and what changes cannot come apart. */
export function leases(database: Database, heads: Heads): Part {
  return {
    async claim(run, owner, now, until) {
      const take = (condition: string, ...bindings: readonly (string | number | null)[]) =>
        database.statement<HeadColumns>(
          `UPDATE runs SET owner = ?, epoch = epoch + 1, lease_until = ? WHERE id = ? AND ${condition}
            RETURNING ${HEAD_COLUMNS.join(", ")}`,
          [owner.name, until, run, ...bindings],
        );
      const lease = ([taken]: HeadColumns[]): Lease | undefined => {
        if (taken === undefined) return undefined;
        heads.learn(run, taken);
        return { run, owner: owner.name, epoch: taken.epoch, until, headSeq: taken.head_seq };
      };

      const free = lease(await take("(owner IS NULL OR lease_until <= ?)", now));
      if (free) return free;
      const holder = await holderOf(database, run);
      if (holder.owner === null || !owner.isDead(holder.owner)) return undefined;
      return lease(await take("owner = ? AND epoch = ?", holder.owner, holder.epoch));
    },
    async renew(lease, until) {
      const sql = "UPDATE runs SET lease_until = ? WHERE id = ? AND owner = ? AND epoch = ? RETURNING epoch";
      const kept = await database.statement(sql, [until, lease.run, lease.owner, lease.epoch]);
      if (kept.length > 0) return true;
      await holderOf(database, lease.run);
      return false;
    },
    async release(lease) {
      heads.forget(lease.run);
      const sql =
        "UPDATE runs SET owner = NULL, lease_until = NULL WHERE id = ? AND owner = ? AND epoch = ? RETURNING epoch";
      const freed = await database.statement(sql, [lease.run, lease.owner, lease.epoch]);
      if (freed.length === 0) await holderOf(database, lease.run);
    },
    async claimable(owner, now, limit) {
      return database.read(async (queries) => {
        const dead = await deadOwners(queries, owner, now);
        const query = queries.table("runs").where((free) => {
          free.whereNull("owner").orWhere("lease_until", "<=", now).orWhereIn("owner", dead);
        });
        const busy = queries
          .table("runs")
          .select("run_no")
          .whereIn("status", [...ACTIVE]);
        const due = queries.table("runs").select("run_no").where("wake_at", "<=", now);
        const asked = queries.table("inbox").select("run_no");
        const waiting: Candidate[] = await query
          .whereIn("run_no", busy.union([due, asked]))
          .select("id", "workflow", "run_no")
          .rowNumber("turn", (order) => void order.partitionBy("workflow").orderBy("run_no"))
          .orderBy(["turn", "run_no"])
          .limit(limit);
        return waiting.length === 0 ? [] : inTurn(waiting, await heldByWorkflow(queries, now));
      });
    },
  };
}

/** How many runs of each workflow somebody drives. */
async function heldByWorkflow(queries: Queries, now: number): Promise<ReadonlyMap<string, number>> {
  const rows: { workflow: string; n: number | string }[] = await queries
    .table("runs")
    .whereNotNull("owner")
    .where("lease_until", ">", now)
    .groupBy("workflow")
    .select("workflow")
    .count({ n: "*" });
  return new Map(rows.map(({ workflow, n }) => [workflow, Number(n)]));
}

/** @throws StagecraftError `unknown-run` */
async function holderOf(database: Database, run: string): Promise<{ owner: string | null; epoch: number }> {
  const row = await database.read((queries) => queries.table("runs").where({ id: run }).first("owner", "epoch"));
  if (row === undefined) throw unknownRun(run);
  return row;
}

async function deadOwners(queries: Queries, owner: Owner, now: number): Promise<string[]> {
  const holders: string[] = await queries
    .table("runs")
    .distinct()
    .whereNotNull("owner")
    .where("lease_until", ">", now)
    .pluck("owner");
  return holders.filter((holder) => owner.isDead(holder));
}
