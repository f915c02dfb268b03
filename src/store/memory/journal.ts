import type { Event, StagePath } from "../../core/event.js";
import type { CommitEntry, CommitOutcome, RunRow, Store } from "../../engine/ports.js";
import { approvalTaken, checkEntry, doneTwice, isWorkDone } from "../rules.js";
import { putAlerts } from "./alerts.js";
import type { Held, State } from "./state.js";

type Part = Pick<Store, "readEvents" | "commit">;

export function journal(state: State): Part {
  return {
    async readEvents(run, after = 0, limit = Number.POSITIVE_INFINITY) {
      // A seq is its place in the list, counted from 1.
      return state.runs.get(run)?.journal.slice(after, after + limit) ?? [];
    },
    async commit(entries) {
      for (let at = 0; at < entries.length; at++) checkEntry(entries[at] as CommitEntry);
      const kept = areApart(entries) ? entries.map((entry) => fitting(state, entry, NOTHING)) : admit(state, entries);
      const outcomes: CommitOutcome[] = [];
      for (let at = 0; at < entries.length; at++) {
        const held = kept[at];
        if (held !== undefined) keep(state, held, entries[at] as CommitEntry);
        outcomes.push(held === undefined ? "fenced" : "done");
      }
      return outcomes;
    },
  };
}

/** What the entries before one of the same commit will have changed. */
interface Before {
  readonly heads: ReadonlyMap<Held, number>;
  readonly ended: ReadonlyMap<Held, ReadonlySet<StagePath>>;
  readonly opened: ReadonlySet<string>;
}

const NOTHING: Before = { heads: new Map(), ended: new Map(), opened: new Set() };

/** Has nothing in one entry to do with another? Two holders of one run may both believe that it is theirs. */
function areApart(entries: readonly CommitEntry[]): boolean {
  if (entries.length === 1) return true;
  const runs = new Set<string>();
  for (let at = 0; at < entries.length; at++) {
    const { run, opened } = entries[at] as CommitEntry;
    if (opened.length > 0) return false;
    runs.add(run);
  }
  return runs.size === entries.length;
}

/** The run of each entry that is not fenced. Throws before anything is kept. */
function admit(state: State, entries: readonly CommitEntry[]): (Held | undefined)[] {
  const heads = new Map<Held, number>();
  const ended = new Map<Held, Set<StagePath>>();
  const opened = new Set<string>();
  return entries.map((entry) => {
    const held = fitting(state, entry, { heads, ended, opened });
    if (held === undefined) return undefined;
    heads.set(held, entry.expectedSeq + entry.events.length);
    const now = ended.get(held) ?? new Set();
    ended.set(held, now);
    for (const event of entry.events) if (isWorkDone(event)) now.add(event.stage);
    for (const { id } of entry.opened) opened.add(id);
    return held;
  });
}

/** The run of an entry, if its writer still holds it and knows its end. @throws StagecraftError `internal` where work was done twice */
function fitting(state: State, entry: CommitEntry, before: Before): Held | undefined {
  const held = state.runs.get(entry.run);
  if (!held || held.row.owner === null || held.row.epoch !== entry.epoch) return undefined;
  if ((before.heads.get(held) ?? held.row.headSeq) !== entry.expectedSeq) return undefined;
  const earlier = before.ended.get(held);
  let now: StagePath | undefined;
  let more: Set<StagePath> | undefined;
  for (let at = 0; at < entry.events.length; at++) {
    const event = entry.events[at] as Event;
    if (!isWorkDone(event)) continue;
    const { stage } = event;
    if (held.done.has(stage) || earlier?.has(stage) || now === stage || more?.has(stage))
      throw doneTwice(entry.run, stage);
    // A set only where there are several: a chain has one at a time.
    if (now === undefined) {
      now = stage;
      continue;
    }
    more ??= new Set();
    more.add(stage);
  }
  if (entry.opened.length === 0) return held;
  for (const { id } of entry.opened) if (state.approvals.has(id) || before.opened.has(id)) throw approvalTaken(id);
  return held;
}

/** Written out: this is done at every commit, and copying a row of this many fields takes most of it. */
function rowAfter(row: RunRow, { row: patch, leaseUntil }: CommitEntry, headSeq: number): RunRow {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    definition: row.definition,
    status: patch.status,
    by: row.by,
    priority: row.priority,
    createdAt: row.createdAt,
    updatedAt: patch.updatedAt,
    endedAt: patch.endedAt,
    stages: patch.stages,
    ended: patch.ended,
    failed: patch.failed,
    wakeAt: patch.wakeAt,
    waitingFor: patch.waitingFor,
    outputs: patch.outputs,
    error: patch.error,
    idempotencyKey: row.idempotencyKey,
    headSeq,
    owner: row.owner,
    leaseUntil,
    epoch: row.epoch,
  };
}

function keep(state: State, held: Held, entry: CommitEntry): void {
  const { events } = entry;
  let seq = held.journal.length;
  for (let at = 0; at < events.length; at++) {
    const event = events[at] as Event;
    seq += 1;
    held.journal.push({ seq, event });
    if (isWorkDone(event)) held.done.add(event.stage);
  }
  held.row = rowAfter(held.row, entry, seq);
  if (entry.definition !== undefined) {
    const { hash: definition, version } = entry.definition;
    held.row = { ...held.row, definition, version };
  }
  if (entry.opened.length + entry.widened.length + entry.closed.length > 0) keepApprovals(state, entry);
  if (entry.alerts !== undefined) putAlerts(state, entry.run, entry.alerts);
  if (entry.consumed.length > 0) {
    const gone = new Set(entry.consumed);
    const rest = held.inbox.filter((message) => !gone.has(message.id));
    held.inbox.splice(0, held.inbox.length, ...rest);
  }
}

function keepApprovals(state: State, entry: CommitEntry): void {
  for (const row of entry.opened) state.approvals.set(row.id, { ...row, decisions: [...row.decisions] });
  for (const { id, request } of entry.widened) {
    const row = state.approvals.get(id);
    if (row?.status === "open") state.approvals.set(id, { ...row, request, version: row.version + 1 });
  }
  for (const { id, at } of entry.closed) {
    const row = state.approvals.get(id);
    if (row?.status !== "open") continue;
    state.approvals.set(id, { ...row, status: "closed", settledAt: at, version: row.version + 1 });
  }
}
