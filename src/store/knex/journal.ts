import { StagecraftError } from "../../core/errors.js";
import type { Recorded } from "../../core/event.js";
import type { CommitEntry, CommitOutcome, Store } from "../../engine/ports.js";
import { approvalTaken, checkEntry, doneTwice } from "../rules.js";
import { putAlerts } from "./alerts.js";
import { corrupt, decodeEvent, type Refs } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { type EncodedEntry, encodeEntry, isPlain } from "./entry.js";
import type { Head, Heads } from "./heads.js";
import { fetchPayloads, keepPayloads } from "./payloads.js";
import { closeApprovals, consumeMessages, openApprovals, widenApprovals } from "./people.js";
import { together } from "./together.js";

type Part = Pick<Store, "readEvents" | "commit">;

/** Entries in one statement: more would pass the limit of bound values. */
const ENTRIES_AT_ONCE = 1_000;
/** Events in one page of a read. */
const PAGE = 5_000;
/** Pages read together: so many are held at once. */
const PAGES_AT_ONCE = 20;

export function journal(database: Database, heads: Heads): Part {
  const readPage = together((asks: readonly Ask[]) => readPages(database, asks), PAGES_AT_ONCE);
  return {
    async readEvents(run, after = 0, limit = Number.POSITIVE_INFINITY) {
      const events: Recorded[] = [];
      while (events.length < limit) {
        const size = Math.min(PAGE, limit - events.length);
        const page = await readPage({ run, after: after + events.length, size });
        for (const recorded of page) events.push(recorded);
        if (page.length < size) break;
      }
      return events;
    },
    async commit(entries) {
      for (const entry of entries) checkEntry(entry);
      if (entries.length === 0) return [];
      // Whoever changes several runs at once does so in this order: then none waits for another that waits for it.
      const order = entries.map((entry, at) => ({ entry, at })).sort(byRun);
      const encoded = await encodeEntries(
        heads,
        order.map(({ entry }) => entry),
      );
      const outcomes = (await commitAtOnce(database, encoded)) ?? (await commitEach(database, encoded));
      for (const [at, { entry, head }] of encoded.entries()) {
        if (outcomes[at] === "done") heads.moved(entry.run, head);
        else heads.forget(entry.run);
      }
      const given: CommitOutcome[] = [];
      for (const [at, outcome] of outcomes.entries()) given[order[at]?.at ?? at] = outcome;
      return given;
    },
  };
}

type Placed = { readonly entry: CommitEntry };

function byRun({ entry: { run: a } }: Placed, { entry: { run: b } }: Placed): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Each entry follows the head of its run, or the entry of that run before it. */
async function encodeEntries(heads: Heads, entries: readonly CommitEntry[]): Promise<readonly EncodedEntry[]> {
  const latest = new Map<string, Head>();
  const encoded: EncodedEntry[] = [];
  for (const entry of entries) {
    const one = encodeEntry(entry, latest.get(entry.run) ?? (await heads.before(entry)));
    latest.set(entry.run, one.head);
    encoded.push(one);
  }
  return encoded;
}

/** The hot path: all in one statement. Undefined: it does not fit, or one is fenced, and nothing was kept. */
async function commitAtOnce(
  database: Database,
  encoded: readonly EncodedEntry[],
): Promise<CommitOutcome[] | undefined> {
  const { journal } = database.dialect;
  const isPossible = encoded.every((one) => isPlain(one, journal.consume !== undefined));
  if (encoded.length > ENTRIES_AT_ONCE || !isPossible) return undefined;
  const values = encoded.map((one) => one.values);
  const messages = encoded.flatMap(({ entry: { run, consumed } }) => consumed.map((id) => [run, id] as const));
  const withMessages = messages.length > 0 ? journal.consume?.(values, messages) : undefined;
  const { sql, bindings, isKept } = withMessages ?? journal.commit(values);
  try {
    if (isKept) await database.run(sql, bindings);
    else await database.statement(sql, bindings);
    return encoded.map(() => "done");
  } catch (error) {
    const fenced = database.dialect.broken(error) === "fenced";
    if (!fenced) throw asBug(database, error, encoded);
    return encoded.length === 1 ? ["fenced"] : undefined;
  }
}

/** One transaction in which a fenced entry only undoes its own statement. */
async function commitEach(database: Database, encoded: readonly EncodedEntry[]): Promise<CommitOutcome[]> {
  try {
    return await database.write(async (queries) => {
      const outcomes: CommitOutcome[] = [];
      for (const one of encoded) outcomes.push(await commitOne(database, queries, one, encoded.length > 1));
      return outcomes;
    });
  } catch (error) {
    throw asBug(database, error, encoded);
  }
}

async function commitOne(
  database: Database,
  queries: Queries,
  one: EncodedEntry,
  isAmongOthers: boolean,
): Promise<CommitOutcome> {
  const { entry, payloads, opened, widened } = one;
  // A transaction in which a statement failed is over for some databases; the others of this commit go on.
  if (isAmongOthers) await queries.raw("SAVEPOINT entry");
  try {
    const { sql, bindings } = database.dialect.journal.commit([one.values]);
    await queries.raw(sql, bindings);
  } catch (error) {
    if (database.dialect.broken(error) !== "fenced") throw error;
    if (isAmongOthers) await queries.raw("ROLLBACK TO entry");
    return "fenced";
  }
  if (isAmongOthers) await queries.raw("RELEASE entry");
  if (entry.definition !== undefined) {
    const { hash: definition, version } = entry.definition;
    await queries.table("runs").where({ id: entry.run }).update({ definition, version });
  }
  await keepPayloads(queries, payloads);
  await openApprovals(queries, entry.run, opened);
  await widenApprovals(queries, widened);
  await closeApprovals(queries, entry.closed);
  await putAlerts(queries, entry.run, entry.alerts ?? []);
  await consumeMessages(queries, entry.run, entry.consumed);
  return "done";
}

function asBug(database: Database, error: unknown, encoded: readonly EncodedEntry[]): unknown {
  const rule = database.dialect.broken(error);
  if (rule === "done-twice") return doneTwice(encoded.map(({ entry }) => entry.run).join(", "));
  if (rule === "approval-taken") return approvalTaken();
  return error;
}

type Row = readonly [
  seq: number,
  type: number,
  stage: string | null,
  at: number,
  data: object | null,
  refs: Refs | null,
];

/** Of one run the events behind `after`, `size` at most. */
interface Ask {
  readonly run: string;
  readonly after: number;
  readonly size: number;
}

async function readPages(database: Database, asks: readonly Ask[]): Promise<readonly (Recorded[] | Error)[]> {
  return database.read(async (queries) => {
    const asked = JSON.stringify(asks.map(({ run, after, size }) => [run, after, after + size]));
    const found = await queries.raw<{ place: number; page: string | null }>(database.dialect.journal.pages, [asked]);
    const pages = new Map(found.map(({ place, page }) => [Number(place), page ?? "[]"]));
    return Promise.all(asks.map((ask, place) => decodePage(queries, ask, pages.get(place) ?? "[]").catch(asAnswer)));
  });
}

/** What is wrong with the events of one run is no fault of the others'. */
function asAnswer(error: unknown): Error {
  if (error instanceof StagecraftError) return error;
  throw error;
}

async function decodePage(queries: Queries, { run, after }: Ask, page: string): Promise<Recorded[]> {
  const rows = rowsOf(page, run);
  const hashes = new Set(rows.flatMap(([, , , , , refs]) => (refs === null ? [] : Object.values(refs))));
  const bodies = await fetchPayloads(queries, hashes);
  return rows.map(([seq, type, stage, at, data, refs], index) => {
    if (seq !== after + index + 1) throw corrupt(`run ${run} has no event ${after + index + 1}`);
    return { seq, event: decodeEvent(type, stage, at, data, refs, bodies) };
  });
}

function rowsOf(page: string, run: string): Row[] {
  try {
    return JSON.parse(page) as Row[];
  } catch (cause) {
    throw corrupt(`the events of run ${run} cannot be read`, cause);
  }
}
