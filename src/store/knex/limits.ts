import type { LimitAsk, LimitHolder, LimitStore } from "../../engine/ports.js";
import { type ClaimRow, nameOf, type Settled, settleAsks, type TokenRow, takerOf, usedOf } from "../limits.js";
import { unknownRun } from "../rules.js";
import type { Database, Queries } from "./database.js";

export function limits(database: Database): LimitStore {
  return {
    async askLimits(asks, owner, now) {
      const names = [...new Set(asks.flatMap(({ claims }) => claims.map(nameOf)))].sort();
      if (names.length === 0) return asks.map(() => undefined);
      return database.write(async (queries) => {
        await takeTurn(queries, names, now);
        await forgetOver(queries, names, asks, now);
        await queue(queries, asks, now);
        const tokens: TokenRow[] = await queries.table("limit_tokens").whereIn("name", names);
        const settled = settleAsks(asks, await claimsOn(queries, names), tokens, owner, now);
        await keep(queries, settled);
        return settled.answers;
      });
    },
    async settleTokens(use, now) {
      const used = usedOf(use);
      const taker = takerOf(use);
      await database.write(async (queries) => {
        await takeTurn(queries, [...used.keys()].sort(), now);
        for (const [name, cost] of used) {
          const taken = queries.table("limit_tokens").where({ name, taker });
          await (cost > 0 ? taken.update({ cost }) : taken.delete());
        }
      });
    },
    leaveLimits: (holder, stages, now) =>
      giveBack(database, holder, (claims) => claims.whereIn("stage", [...stages]), now),
    keepLimits: (holder, stages, now) =>
      giveBack(database, holder, (claims) => claims.whereNotIn("stage", [...stages]), now),
  };
}

/** Nobody else decides about these groups until the transaction ends. Always in the order of their names. */
async function takeTurn(queries: Queries, names: readonly string[], now: number): Promise<void> {
  const rows = names.map((name) => ({ name, asked_at: now }));
  await queries.table("limits").insert(rows).onConflict("name").merge();
}

/** Claims of runs that are over or gone, and tokens whose time is. */
async function forgetOver(
  queries: Queries,
  names: readonly string[],
  asks: readonly LimitAsk[],
  now: number,
): Promise<void> {
  const open = queries.table("runs").select("run_no").whereNull("ended_at");
  await queries.table("limit_claims").whereIn("name", names).whereNotIn("run_no", open).delete();
  const spans = new Map<string, number>();
  for (const claim of asks.flatMap(({ claims }) => claims)) {
    if (claim.kind === "token") spans.set(nameOf(claim), Math.max(claim.per, spans.get(nameOf(claim)) ?? 0));
  }
  for (const [name, per] of spans) {
    await queries
      .table("limit_tokens")
      .where({ name })
      .where((over) => over.where("at", "<=", now - per).orWhere("at", ">", now + per))
      .delete();
  }
}

/** Those that ask for the first time get their turn. */
async function queue(queries: Queries, asks: readonly LimitAsk[], now: number): Promise<void> {
  const numbers = new Map<string, number>();
  for (const { run } of asks) {
    if (numbers.has(run)) continue;
    const row: { run_no: number } | undefined = await queries.table("runs").where({ id: run }).first("run_no");
    if (row === undefined) throw unknownRun(run);
    numbers.set(run, row.run_no);
  }
  for (const { run, stage, priority, claims } of asks) {
    const rows = claims.map((claim) => ({
      name: nameOf(claim),
      run_no: numbers.get(run),
      ...{ stage, priority, epoch: null, is_held: 0, until: now + 1 },
      cost: claim.kind === "token" ? claim.cost : 1,
    }));
    if (rows.length > 0)
      await queries.table("limit_claims").insert(rows).onConflict(["run_no", "stage", "name"]).ignore();
  }
}

async function claimsOn(queries: Queries, names: readonly string[]): Promise<ClaimRow[]> {
  const rows: Row[] = await queries
    .table("limit_claims")
    .join("runs", "runs.run_no", "limit_claims.run_no")
    .select("limit_claims.*", "runs.id as run", "runs.owner", "runs.lease_until", "runs.epoch as run_epoch")
    .whereIn("limit_claims.name", [...names])
    .orderBy("claim_no");
  return rows.map((row) => ({
    ...{ name: row.name, run: row.run, stage: row.stage, no: row.claim_no, priority: row.priority, epoch: row.epoch },
    ...{ isHeld: row.is_held === 1, until: row.until, cost: row.cost },
    lease: { owner: row.owner, leaseUntil: row.lease_until, epoch: row.run_epoch },
  }));
}

async function keep(queries: Queries, { changed, gone, taken }: Settled): Promise<void> {
  for (const { no, isHeld, epoch, until } of changed) {
    await queries
      .table("limit_claims")
      .where({ claim_no: no })
      .update({ is_held: isHeld ? 1 : 0, epoch, until });
  }
  for (const claim_no of gone) await queries.table("limit_claims").where({ claim_no }).delete();
  for (const token of taken) await queries.table("limit_tokens").insert({ ...token });
}

type Query = ReturnType<Queries["table"]>;

async function giveBack(
  database: Database,
  { run, epoch }: LimitHolder,
  narrow: (claims: Query) => Query,
  now: number,
): Promise<void> {
  await database.write(async (queries) => {
    const mine = () =>
      narrow(
        queries
          .table("limit_claims")
          .whereIn("run_no", queries.table("runs").select("run_no").where({ id: run, epoch })),
      );
    const names: string[] = await mine().distinct().orderBy("name").pluck("name");
    if (names.length === 0) return;
    await takeTurn(queries, names, now);
    await mine().delete();
    await wakeNext(database, queries, names, now);
  });
}

/** A run that nobody drives hears of what it waits for by being due. */
async function wakeNext(database: Database, queries: Queries, names: readonly string[], now: number): Promise<void> {
  const next = new Set<string>();
  for (const name of names) {
    const row: { id: string } | undefined = await queries
      .table("limit_claims")
      .join("runs", "runs.run_no", "limit_claims.run_no")
      .where({ name, is_held: 0 })
      .orderBy([{ column: "limit_claims.priority", order: "desc" }, { column: "claim_no" }])
      .first("runs.id as id");
    if (row !== undefined) next.add(row.id);
  }
  if (next.size === 0) return;
  const sql = `UPDATE runs SET wake_at = ? WHERE ${database.dialect.ofRuns(next.size)} AND owner IS NULL AND wake_at > ?`;
  await queries.raw(sql, [now, ...next, now]);
}

interface Row {
  readonly name: string;
  readonly run: string;
  readonly stage: string;
  readonly claim_no: number;
  readonly priority: number;
  readonly epoch: number | null;
  readonly is_held: number;
  readonly until: number;
  readonly cost: number;
  readonly owner: string | null;
  readonly lease_until: number | null;
  readonly run_epoch: number;
}
