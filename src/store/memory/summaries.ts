import type { KeptSummary, Store } from "../../engine/ports.js";
import type { State } from "./state.js";

type Part = Pick<Store, "summaries" | "keepSummaries" | "dropSummaries">;

export function summaries(state: State): Part {
  const rows = new Map<string, KeptSummary>();
  return {
    async summaries({ workflow, since }) {
      return [...rows.values()].filter(({ run }) => {
        const row = state.runs.get(run)?.row;
        return row && (workflow === undefined || row.workflow === workflow) && row.createdAt >= (since ?? 0);
      });
    },
    async keepSummaries(kept) {
      for (const one of kept) if (state.runs.has(one.run)) rows.set(one.run, one);
    },
    async dropSummaries() {
      const { size } = rows;
      rows.clear();
      return size;
    },
  };
}
