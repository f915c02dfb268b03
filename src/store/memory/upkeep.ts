import type { Upkeep } from "../../engine/ports.js";
import { isWorkDone, runExists, unsupportedBackup } from "../rules.js";
import { appendAudit, isUnderHold } from "./audit.js";
import type { State } from "./state.js";

export function upkeep(state: State): Upkeep {
  const tally = () => {
    const runs: Record<string, number> = {};
    for (const { row } of state.runs.values()) runs[row.status] = (runs[row.status] ?? 0) + 1;
    return runs;
  };
  return {
    async snapshot(run) {
      return state.runs.get(run)?.snapshot;
    },
    async keepSnapshot(run, snapshot) {
      const held = state.runs.get(run);
      if (held !== undefined && snapshot.seq >= (held.snapshot?.seq ?? 0)) held.snapshot = snapshot;
    },
    async status() {
      const events = [...state.runs.values()].reduce((sum, { journal }) => sum + journal.length, 0);
      const counts = { events, payloads: 0, snapshots: 0 };
      return { driver: "memory", schema: 0, schemaBefore: 0, bytes: {}, settings: {}, runs: tally(), counts };
    },
    async check() {
      return [];
    },
    async backup() {
      throw unsupportedBackup();
    },
    async forget(runs, now) {
      return runs.filter((id) => forgetOne(state, id, now));
    },
    async sweep() {
      return 0;
    },
    async adopt({ run, definition, events, approvals, dataKey }) {
      if (state.runs.has(run.id)) throw runExists(run.id);
      if (!state.definitions.has(definition.hash)) state.definitions.set(definition.hash, definition);
      const done = events.flatMap(({ event }) => (isWorkDone(event) ? [event.stage] : []));
      const row = { ...run, owner: null, leaseUntil: null };
      state.runs.set(run.id, { row, journal: [...events], done: new Set(done), inbox: [], group: null });
      if (dataKey !== undefined) state.dataKeys.set(run.id, dataKey);
      for (const approval of approvals) state.approvals.set(approval.id, approval);
    },
  };
}

function forgetOne(state: State, id: string, now: number): boolean {
  const held = state.runs.get(id);
  if (held === undefined || held.row.endedAt === null || held.inbox.length > 0) return false;
  if (held.row.owner !== null && (held.row.leaseUntil ?? 0) > now) return false;
  if (isUnderHold(state, id)) return false;
  state.runs.delete(id);
  for (const one of state.occurrences.values()) if (one.run === id) state.occurrences.delete(one.key);
  state.dataKeys.delete(id);
  for (const [key, run] of state.keys) if (run === id) state.keys.delete(key);
  for (const [approval, { run }] of state.approvals) if (run === id) state.approvals.delete(approval);
  appendAudit(state, { at: now, action: "pruned", by: "engine", run: id, detail: {} });
  return true;
}
