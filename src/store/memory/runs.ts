import type { NewRun, RunFilter, RunRow, Store } from "../../engine/ports.js";
import { checkEvents, firstRow, groupFull, isWorkDone, runExists, unknownDefinition } from "../rules.js";
import { putAlerts } from "./alerts.js";
import { type Held, heldRun, type State } from "./state.js";

type Part = Pick<Store, "putDefinition" | "getDefinition" | "createRun" | "runsAhead" | "getRun" | "listRuns">;

export function runs(state: State): Part {
  return {
    async putDefinition(definition) {
      if (!state.definitions.has(definition.hash)) state.definitions.set(definition.hash, { ...definition });
    },
    async getDefinition(hash) {
      return state.definitions.get(hash);
    },
    async createRun(run) {
      const first = firstWithKey(state, run);
      if (first !== undefined) return { run: first, created: false };
      if (state.runs.has(run.id)) throw runExists(run.id);
      if (!state.definitions.has(run.definition)) throw unknownDefinition(run.definition);
      checkEvents(run.events);
      const { name, limit } = run.group ?? {};
      if (name !== undefined && limit !== undefined && ofGroup(state, name).length >= limit)
        throw groupFull(name, limit);
      const held = hold(run);
      state.runs.set(run.id, held);
      if (run.dataKey !== undefined) state.dataKeys.set(run.id, run.dataKey);
      if (run.idempotencyKey !== undefined) state.keys.set(keyOf(run.workflow, run.idempotencyKey), run.id);
      putAlerts(state, run.id, run.alerts ?? []);
      return { run: held.row, created: true };
    },
    async runsAhead(id) {
      const { group } = heldRun(state, id);
      const runs = group === null ? [] : ofGroup(state, group);
      return runs.slice(0, Math.max(0, runs.indexOf(id)));
    },
    async getRun(id) {
      return state.runs.get(id)?.row;
    },
    async listRuns(filter) {
      const newestFirst = [...state.runs.values()]
        .map(({ row }) => row)
        .reverse()
        .sort((a, b) => b.createdAt - a.createdAt);
      const last = filter.after === undefined ? undefined : heldRun(state, filter.after).row;
      const behind = last === undefined ? 0 : newestFirst.indexOf(last) + 1;
      const page = newestFirst.slice(behind).filter((row) => wanted(row, filter));
      return filter.limit === undefined ? page : page.slice(0, filter.limit);
    },
  };
}

/** Runs of a group that have not ended, oldest first. */
function ofGroup(state: State, group: string): readonly string[] {
  const held = [...state.runs.values()].filter((run) => run.group === group && run.row.endedAt === null);
  return held.map(({ row }) => row.id);
}

function firstWithKey(state: State, run: NewRun): RunRow | undefined {
  if (run.idempotencyKey === undefined) return undefined;
  const id = state.keys.get(keyOf(run.workflow, run.idempotencyKey));
  return id === undefined ? undefined : state.runs.get(id)?.row;
}

function keyOf(workflow: string, key: string): string {
  return JSON.stringify([workflow, key]);
}

function hold(run: NewRun): Held {
  const done = run.events.filter(isWorkDone).map((event) => event.stage);
  const journal = run.events.map((event, index) => ({ seq: index + 1, event }));
  return { row: firstRow(run), journal, done: new Set(done), inbox: [], group: run.group?.name ?? null };
}

function wanted(row: RunRow, filter: RunFilter): boolean {
  return (
    (filter.status === undefined || filter.status.includes(row.status)) &&
    (filter.workflow === undefined || row.workflow === filter.workflow) &&
    (filter.since === undefined || row.createdAt >= filter.since) &&
    (filter.before === undefined || row.createdAt < filter.before) &&
    (filter.idPrefix === undefined || row.id.startsWith(filter.idPrefix))
  );
}
