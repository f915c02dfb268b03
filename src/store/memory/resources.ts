import type { Store, UsedResources } from "../../engine/ports.js";
import type { State } from "./state.js";

type Part = Pick<Store, "addResources" | "resources">;

export function resources(state: State): Part {
  const rows = new Map<string, UsedResources>();
  return {
    async addResources(used) {
      for (const more of used) {
        if (!state.runs.has(more.run)) continue;
        const known = rows.get(more.run) ?? more;
        rows.set(more.run, {
          run: more.run,
          cpuMs: more.cpuMs + (rows.get(more.run)?.cpuMs ?? 0),
          peakRssBytes: Math.max(known.peakRssBytes, more.peakRssBytes),
          loopDelayMs: Math.max(known.loopDelayMs, more.loopDelayMs),
          isShared: known.isShared || more.isShared,
        });
      }
    },
    async resources({ run: wanted, workflow, since }) {
      return [...rows.values()].filter(({ run }) => {
        const row = state.runs.get(run)?.row;
        if (row === undefined || (wanted !== undefined && wanted !== run)) return false;
        return (workflow === undefined || row.workflow === workflow) && row.createdAt >= (since ?? 0);
      });
    },
  };
}
