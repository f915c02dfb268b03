import { StagecraftError } from "../core/errors.js";
import type { RunRow, Store } from "../engine/ports.js";
import { type Act, actOfEntry, actsOfJournal } from "../observe/audit/acts.js";
import { findRun } from "./runs.js";

export interface ActFilter {
  /** Id, unique prefix or `last`. */
  readonly run?: string;
  /** At or after: milliseconds. */
  readonly since?: number;
  readonly who?: string;
}

export interface ActPageOptions {
  /** Behind this one, as `next` of the page before named it. */
  readonly after?: string;
  readonly limit: number;
  /** False: without what the engine did by itself. */
  readonly engine?: boolean;
}

export interface ActPage {
  readonly items: readonly Act[];
  /** Null: this is the last page. */
  readonly next: string | null;
}

/** In order of time. */
export async function actsIn(store: Store, filter: ActFilter): Promise<readonly Act[]> {
  const acts: Act[] = [];
  for await (const act of newest(store, filter)) acts.push(act);
  return acts.reverse();
}

/** The newest first. Journals are read only of the runs that a page reaches back to. @throws StagecraftError `invalid-request` */
export async function actPage(store: Store, filter: ActFilter, options: ActPageOptions): Promise<ActPage> {
  const { after, limit, engine = true } = options;
  const items: Act[] = [];
  let isBehind = after === undefined;
  for await (const act of newest(store, filter)) {
    if (!engine && act.who === "engine") continue;
    if (!isBehind) {
      isBehind = cursorOf(act) === after;
      continue;
    }
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) return { items, next: cursorOf(last) };
    items.push(act);
  }
  if (isBehind) return { items, next: null };
  throw new StagecraftError("invalid-request", `nothing of these is at ${after}`, { help: "begin without `after`" });
}

async function* newest(store: Store, { run: wanted, since = 0, who }: ActFilter): AsyncGenerator<Act> {
  const found = wanted === undefined ? await store.listRuns({}) : [await findRun(store, wanted)];
  const entries = await store.readAudit(wanted === undefined ? {} : { run: found[0]?.id ?? "" });
  const runs = found.filter(({ updatedAt }) => updatedAt >= since).sort((a, b) => b.updatedAt - a.updatedAt);
  const isMeant = (act: Act) => act.at >= since && (who === undefined || act.who === who);
  let known = entries.map(actOfEntry).filter(isMeant).sort(newestFirst);
  for (const [at, run] of runs.entries()) {
    const more = (await actsOf(store, run)).filter(isMeant);
    if (more.length > 0) known = [...known, ...more].sort(newestFirst);
    // Nothing of the runs that come is newer than the last change of the next.
    const horizon = runs[at + 1]?.updatedAt ?? Number.NEGATIVE_INFINITY;
    const first = known.findIndex((act) => act.at <= horizon);
    yield* first < 0 ? known : known.slice(0, first);
    known = first < 0 ? [] : known.slice(first);
  }
  yield* known;
}

async function actsOf(store: Store, { id, definition }: RunRow): Promise<readonly Act[]> {
  return actsOfJournal(id, definition, await store.readEvents(id));
}

/** Of one moment: the trail before journals, runs by their ids, and what came later first. */
function newestFirst(a: Act, b: Act): number {
  if (a.at !== b.at) return b.at - a.at;
  const [one, other] = [`${b.source} ${b.run ?? ""}`, `${a.source} ${a.run ?? ""}`];
  if (one !== other) return one < other ? -1 : 1;
  return b.seq - a.seq;
}

function cursorOf({ source, run, seq }: Act): string {
  return `${source}:${run ?? ""}:${seq}`;
}
