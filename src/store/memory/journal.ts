import type { StagePath } from "../../core/event.js";
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
      const kept = admit(state, entries);
      return entries.map((entry, index): CommitOutcome => {
        const held = kept[index];
        if (!held) return "fenced";
        keep(state, held, entry);
        return "done";
      });
    },
  };
}

/** The run of each entry that is not fenced. Throws before anything is kept. */
function admit(state: State, entries: readonly CommitEntry[]): (Held | undefined)[] {
  const heads = new Map<Held, number>();
  const ended = new Map<Held, Set<StagePath>>();
  const opened = new Set<string>();
  for (const entry of entries) checkEntry(entry);
  return entries.map((entry) => {
    const held = state.runs.get(entry.run);
    if (!held || held.row.owner === null || held.row.epoch !== entry.epoch) return undefined;
    if ((heads.get(held) ?? held.row.headSeq) !== entry.expectedSeq) return undefined;
    heads.set(held, entry.expectedSeq + entry.events.length);
    const now = ended.get(held) ?? new Set();
    ended.set(held, now);
    for (const event of entry.events) {
      if (!isWorkDone(event)) continue;
      if (held.done.has(event.stage) || now.has(event.stage)) throw doneTwice(entry.run, event.stage);
      now.add(event.stage);
    }
    for (const { id } of entry.opened) {
      if (state.approvals.has(id) || opened.has(id)) throw approvalTaken(id);
      opened.add(id);
    }
    return held;
  });
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
  let seq = held.journal.length;
  for (const event of entry.events) {
    seq += 1;
    held.journal.push({ seq, event });
    if (isWorkDone(event)) held.done.add(event.stage);
  }
  held.row = rowAfter(held.row, entry, seq);
  if (entry.definition !== undefined) {
    const { hash: definition, version } = entry.definition;
    held.row = { ...held.row, definition, version };
  }
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
  putAlerts(state, entry.run, entry.alerts ?? []);
  if (entry.consumed.length > 0) {
    const gone = new Set(entry.consumed);
    const rest = held.inbox.filter((message) => !gone.has(message.id));
    held.inbox.splice(0, held.inbox.length, ...rest);
  }
}
