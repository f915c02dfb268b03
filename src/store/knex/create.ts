import type { Knex } from "knex";
import type { NewRun, RunRow, Store } from "../../engine/ports.js";
import { firstRow, groupFull, runExists, unknownDefinition } from "../rules.js";
import { putAlerts } from "./alerts.js";
import { encodeEvents, type Payload } from "./codec.js";
import type { Queries } from "./database.js";
import type { Dialect } from "./dialect.js";
import { beginChain, type ChainedEvents } from "./heads.js";
import { insertDataKey } from "./keys.js";
import { keepPayloads } from "./payloads.js";
import { columnsOf, oneRun } from "./run-row.js";

/** A run with its first events as the database takes them. */
export interface EncodedRun extends ChainedEvents {
  readonly run: NewRun;
  readonly payloads: readonly Payload[];
}

export function encodeRun(run: NewRun): EncodedRun {
  const payloads: Payload[] = [];
  return { run, payloads, ...beginChain(run.id, encodeEvents(run.events, payloads)) };
}

type Created = Awaited<ReturnType<Store["createRun"]>>;

/** Each in its turn, in one transaction; what speaks against one is its answer, and the others go on. */
export async function createAll(
  queries: Queries,
  dialect: Dialect,
  asked: readonly EncodedRun[],
): Promise<readonly (Created | Error)[]> {
  const ids = asked.map(({ run }) => run.id);
  const taken = new Set<string>(await queries.table("runs").whereIn("id", ids).pluck("id"));
  const hashes = new Set(asked.map(({ run }) => run.definition));
  const known = new Set<string>(
    await queries
      .table("definitions")
      .whereIn("hash", [...hashes])
      .pluck("hash"),
  );
  const answers: (Created | Error)[] = [];
  for (const one of asked) {
    const { run } = one;
    // Asked after the ids: a run that comes between the two questions is found by its key.
    const first = await firstWithKey(queries, run);
    const fault = first === undefined ? await against(queries, run, taken, known) : undefined;
    if (first === undefined && fault === undefined) await create(queries, dialect, one);
    taken.add(run.id);
    answers.push(fault ?? { run: first ?? firstRow(run), created: first === undefined });
  }
  return answers;
}

/** Why this run cannot be, before anything of it is written. */
async function against(
  queries: Queries,
  run: NewRun,
  taken: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Promise<Error | undefined> {
  if (taken.has(run.id)) return runExists(run.id);
  if (!known.has(run.definition)) return unknownDefinition(run.definition);
  const { name, limit } = run.group ?? {};
  if (name === undefined || limit === undefined) return undefined;
  await queries.alone("run_groups");
  const open: readonly string[] = await ofGroup(queries).where({ name }).limit(limit).pluck("runs.id");
  return open.length >= limit ? groupFull(name, limit) : undefined;
}

/** By statements that stay compiled: many runs begin at once. */
async function create(queries: Queries, dialect: Dialect, { run, payloads, text, head }: EncodedRun): Promise<void> {
  const row = { ...columnsOf(firstRow(run)), salt: head.salt, head_hash: head.hash };
  await queries.run(insertOf(Object.keys(row)), Object.values(row));
  if (run.group !== undefined) {
    const own = await queries.table("runs").where({ id: run.id }).first("run_no");
    await queries.table("run_groups").insert({ run_no: own.run_no, name: run.group.name });
  }
  await insertDataKey(queries, run.dataKey);
  await keepPayloads(queries, payloads);
  await putAlerts(queries, run.id, run.alerts ?? []);
  await queries.run(dialect.journal.begin, [run.id, text]);
}

function insertOf(columns: readonly string[]): string {
  const marks = columns.map(() => "?");
  return `INSERT INTO runs (${columns.join(", ")}) VALUES (${marks.join(", ")})`;
}

async function firstWithKey(queries: Queries, run: NewRun): Promise<RunRow | undefined> {
  if (run.idempotencyKey === undefined) return undefined;
  return oneRun(queries, { "runs.workflow": run.workflow, "runs.idempotency_key": run.idempotencyKey });
}

/** Runs of a group that have not ended, oldest first. */
export function ofGroup(queries: Queries): Knex.QueryBuilder {
  return queries
    .table("runs")
    .join("run_groups", "run_groups.run_no", "runs.run_no")
    .whereNull("runs.ended_at")
    .orderBy("runs.run_no");
}
