import { StagecraftError } from "../../core/errors.js";
import type { Database, Queries } from "./database.js";

/** Rows that travel at a time: in bound values of one statement, and in memory. */
const ROWS = 200;
const LARGE_ROWS = 10;
const LARGE = ["payloads", "definitions", "snapshots"];
/** Others refer to these. */
const FIRST = ["definitions", "runs", "payloads"];

/**
 * Copies every row as it is, so that all chains hold. Of `from` one state is read, and all of it arrives or nothing.
 * @returns rows by table, the same here and there
 * @throws StagecraftError `store-not-empty`, `store-busy`
 */
export async function copyRows(from: Database, to: Database, now: number): Promise<Readonly<Record<string, number>>> {
  return from.write(async (source) => {
    await source.raw(from.dialect.oneState);
    await refuseBusy(source, now);
    return to.write(async (target) => {
      await target.alone("schema");
      if (await target.table("runs").first("id")) {
        throw new StagecraftError("store-not-empty", "there are runs in the target already", {
          help: "Name a database that is empty.",
        });
      }
      const counts: Record<string, number> = {};
      for (const table of await tablesOf(source, from))
        counts[table] = await copyTable(source, target, { from, to, table });
      await copyTrailHead(source, target);
      return counts;
    });
  });
}

/** What is driven goes on being written after the copy. */
async function refuseBusy(source: Queries, now: number): Promise<void> {
  const held: { id: string } | undefined = await source
    .table("runs")
    .whereNotNull("owner")
    .where("lease_until", ">", now)
    .first("id");
  if (held === undefined) return;
  throw new StagecraftError("store-busy", `run ${held.id} is being driven`, {
    help: "Stop the workers and wait half a minute, or until the run ends; then copy.",
  });
}

async function tablesOf(source: Queries, { dialect }: Database): Promise<readonly string[]> {
  const rows = await source.raw<{ name: string }>(dialect.tables);
  const names = rows.map(({ name }) => name).filter((name) => name !== "meta" && !FIRST.includes(name));
  return [...FIRST, ...names.sort()];
}

interface Way {
  readonly from: Database;
  readonly to: Database;
  readonly table: string;
}

type Row = Readonly<Record<string, unknown>>;

async function copyTable(source: Queries, target: Queries, { from, to, table }: Way): Promise<number> {
  const key = (await source.raw<{ name: string }>(from.dialect.key, [table])).map(({ name }) => name);
  const size = LARGE.includes(table) ? LARGE_ROWS : ROWS;
  const places = key.map(() => "?").join(", ");
  // What an empty database brings along is the same in the other.
  await target.table(table).delete();
  let copied = 0;
  for (let last: Row | undefined; ; ) {
    const query = source.table(table).orderBy(key).limit(size);
    if (last !== undefined)
      query.whereRaw(`(${key.join(", ")}) > (${places})`, key.map((name) => last?.[name]) as never);
    const rows: Row[] = await query;
    if (rows.length > 0) await target.table(table).insert(rows);
    copied += rows.length;
    last = rows.at(-1) ?? last;
    if (rows.length < size) {
      if (key.length === 1 && typeof last?.[key[0]!] === "number") await target.raw(to.dialect.goOn(table, key[0]!));
      break;
    }
  }
  const arrived: { n: number } | undefined = await target.table(table).count({ n: "*" }).first();
  if (arrived?.n !== copied) throw new Error(`of ${copied} rows of ${table} ${arrived?.n} arrived`);
  return copied;
}

/** The rest of `meta` is about the schema, which each database has of its own. */
async function copyTrailHead(source: Queries, target: Queries): Promise<void> {
  const head: Row | undefined = await source.table("meta").where({ name: "audit" }).first();
  if (head !== undefined) await target.table("meta").insert(head).onConflict("name").merge();
}
