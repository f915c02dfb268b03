import { checkPayload } from "../../core/payload.js";
import type { Store } from "../../engine/ports.js";
import type { State } from "./state.js";

type Part = Pick<Store, "keepOccurrence" | "occurrences" | "lastOccurrence" | "dropOccurrences">;

export function occurrences(state: State): Part {
  const kept = state.occurrences;
  return {
    async keepOccurrence(occurrence) {
      checkPayload(() => `the data of ${occurrence.name}`, occurrence.data);
      if (kept.has(occurrence.key)) return false;
      state.occurred += 1;
      kept.set(occurrence.key, { ...occurrence, no: state.occurred });
      return true;
    },
    async occurrences({ source, name }, after, limit) {
      const wanted = [...kept.values()].filter((one) => one.source === source && one.name === name && one.no > after);
      return wanted.slice(0, limit).map(({ run, ...one }) => one);
    },
    lastOccurrence: async () => state.occurred,
    async dropOccurrences(no, at) {
      for (const one of kept.values()) if (one.no <= no && one.at < at) kept.delete(one.key);
    },
  };
}
