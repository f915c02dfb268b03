import type { Knex } from "knex";
import type { Lease, Owner, Store } from "../../engine/ports.js";
import { ACTIVE, type Candidate, inTurn, POINT_MS, unknownRun } from "../rules.js";
import type { Database, Queries } from "./database.js";
import { HEAD_COLUMNS, type HeadColumns, type Heads } from "./heads.js";
import { together } from "./together.js";

type Part = Pick<Store, "claim" | "renew" | "release" | "claimable">;

interface Claim {
  readonly run: string;
  readonly owner: string;
  readonly now: number;
  readonly until: number;
}

type Taken = HeadColumns & { readonly id: string };

/** Each change is one conditional update: what decides and what changes cannot come apart. */
export function leases(database: Database, heads: Heads): Part {
  const claimFree = together((claims: readonly Claim[]) => claimAll(database, claims));
  const free = together((given: readonly Lease[]) => releaseAll(database, given));
  return {
    async claim(run, owner, now, until) {
      const lease = (taken: Taken | undefined): Lease | undefined => {
        if (taken === undefined) return undefined;
        heads.learn(run, taken);
        return { run, owner: owner.name, epoch: taken.epoch, until, headSeq: taken.head_seq };
      };
      const taken = lease(await claimFree({ run, owner: owner.name, now, until }));
      if (taken) return taken;
      const holder = await holderOf(database, run);
      if (holder.owner === null || !owner.isDead(holder.owner)) return undefined;
      const sql = `${TAKE} WHERE id = ? AND owner = ? AND epoch = ? ${RETURNING}`;
      const [left] = await database.statement<Taken>(sql, [owner.name, until, run, holder.owner, holder.epoch]);
      return lease(left);
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
      if (!(await free(lease))) await holderOf(database, lease.run);
    },
    async claimable(owner, now, limit) {
      return database.read(async (queries) => {
        const dead = await deadOwners(queries, owner, now);
        const free = () => freeRuns(queries, now, dead);
        const priorities: number[] = await free().distinct("priority").orderBy("priority", "desc").pluck("priority");
        const waiting: Candidate[] = [];
        for (const urgency of priorities) {
          if (waiting.length >= limit) break;
          const rows: Omit<Candidate, "urgency">[] = await asUrgent(free(), urgency, priorities, now)
            .select("id", "workflow", "run_no")
            .rowNumber("turn", (order) => void order.partitionBy("workflow").orderBy("run_no"))
            .orderBy(["turn", "run_no"])
            .limit(limit - waiting.length);
          waiting.push(...rows.map((row) => ({ ...row, urgency })));
        }
        return waiting.length === 0 ? [] : inTurn(waiting, await heldByWorkflow(queries, now));
      });
    },
  };
}

/** Those that have something to do, and nobody alive to do it. */
function freeRuns(queries: Queries, now: number, dead: readonly string[]): Knex.QueryBuilder {
  const busy = queries
    .table("runs")
    .select("run_no")
    .whereIn("status", [...ACTIVE]);
  const due = queries.table("runs").select("run_no").where("wake_at", "<=", now);
  const asked = queries.table("inbox").select("run_no");
  return queries
    .table("runs")
    .where((free) => {
      free
        .whereNull("owner")
        .orWhere("lease_until", "<=", now)
        .orWhereIn("owner", [...dead]);
    })
    .whereIn("run_no", busy.union([due, asked]));
}

/** Of these, those that count as so urgent; the priorities of all, the highest first. */
function asUrgent(runs: Knex.QueryBuilder, urgency: number, [top = 0, ...others]: readonly number[], now: number) {
  const aged = (priority: number) => now - (top - priority) * POINT_MS;
  if (urgency !== top) return runs.where("priority", urgency).where("created_at", ">", aged(urgency));
  if (others.length === 0) return runs;
  return runs.where((urgent) => {
    urgent.where("priority", top);
    for (const priority of others)
      urgent.orWhere((old) => void old.where({ priority }).where("created_at", "<=", aged(priority)));
  });
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

const TAKE = "UPDATE runs SET owner = ?, epoch = epoch + 1, lease_until = ?";
const RETURNING = `RETURNING id, ${HEAD_COLUMNS.join(", ")}`;

/** Those whose runs are free, or their lease is over. Of two that ask for one run, the first. */
async function claimAll(database: Database, claims: readonly Claim[]): Promise<readonly (Taken | undefined)[]> {
  const [first] = claims;
  if (first === undefined) return [];
  const others = claims.filter(({ owner }) => owner !== first.owner);
  const mine = claims.filter(({ owner }) => owner === first.owner);
  // The earliest time and the latest end: nobody's lease is taken to be over before whoever asked last would say so.
  const now = Math.min(...mine.map((claim) => claim.now));
  const until = Math.max(...mine.map((claim) => claim.until));
  const runs = [...new Set(mine.map(({ run }) => run))];
  const sql = `${TAKE} WHERE ${database.dialect.ofRuns(runs.length)} AND (owner IS NULL OR lease_until <= ?) ${RETURNING}`;
  const rows = await database.statement<Taken>(sql, [first.owner, until, ...runs, now]);
  const taken = new Map(rows.map((row) => [row.id, row]));
  const rest = others.length === 0 ? [] : await claimAll(database, others);
  return claims.map((claim) => {
    if (claim.owner !== first.owner) return rest[others.indexOf(claim)];
    const row = taken.get(claim.run);
    taken.delete(claim.run);
    return row;
  });
}

/** Whether each was still held. */
async function releaseAll(database: Database, given: readonly Lease[]): Promise<readonly boolean[]> {
  const held = given.map(() => "(id = ? AND owner = ? AND epoch = ?)").join(" OR ");
  const rows = await database.statement<{ id: string; epoch: number }>(
    `UPDATE runs SET owner = NULL, lease_until = NULL
      WHERE ${database.dialect.ofRuns(given.length)} AND (${held}) RETURNING id, epoch`,
    [...given.map(({ run }) => run), ...given.flatMap(({ run, owner, epoch }) => [run, owner, epoch])],
  );
  const freed = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  return given.map(({ run, epoch }) => freed.get(run) === epoch);
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
