import type { AlertFact } from "../../core/alert.js";
import type { AlertRow, Store } from "../../engine/ports.js";
import { heldRun, type State } from "./state.js";

type Part = Pick<Store, "takeAlerts" | "settleAlert" | "listAlerts" | "countAlerts">;

export function alerts(state: State): Part {
  const all = () => [...state.alerts.values()];
  return {
    async takeAlerts(now, until, limit) {
      const due = all().filter(({ status, dueAt }) => status === "pending" && dueAt <= now);
      const taken = due.sort((a, b) => a.dueAt - b.dueAt).slice(0, limit);
      const rows = taken.map((row) => ({ ...row, attempts: row.attempts + 1 }));
      for (const row of rows) state.alerts.set(row.key, { ...row, dueAt: until });
      return rows;
    },
    async settleAlert(key, { status, dueAt, error = null }) {
      const row = state.alerts.get(key);
      if (row) state.alerts.set(key, { ...row, status, error, dueAt: dueAt ?? row.dueAt });
    },
    async listAlerts({ run, status, limit }) {
      const rows = all().filter(
        (row) => (run === undefined || row.run === run) && (status === undefined || status.includes(row.status)),
      );
      return rows.sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1)).slice(0, limit);
    },
    async countAlerts() {
      const counts: Record<string, number> = {};
      for (const { status } of all()) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
  };
}

/** Part of a commit. One that is there already stays as it is. */
export function putAlerts(state: State, run: string, facts: readonly AlertFact[]): void {
  const { workflow } = heldRun(state, run).row;
  for (const fact of facts) {
    if (state.alerts.has(fact.key)) continue;
    const row: AlertRow = { ...fact, run, workflow, attempts: 0, status: "pending", error: null };
    state.alerts.set(fact.key, row);
  }
}
