import type { StagePath, Waiting } from "../../core/event.js";
import type { Store } from "../../engine/ports.js";
import { checkBody, eventBody, hears, occurrenceOf } from "../rules.js";
import { type Held, heldRun, type State } from "./state.js";

export function emissions(state: State): Pick<Store, "emit"> {
  const known = new Map<string, number>();
  return {
    async emit(emission, now) {
      const { key, run, atLeast } = emission;
      const body = eventBody(emission);
      checkBody(body);
      if (run !== null) heldRun(state, run);
      const before = known.get(key);
      if (before !== undefined) return before;
      const runs = [...state.runs.values()].filter(
        (held) => held.row.endedAt === null && waitsOf(held).some((waiting) => hears(waiting, emission)),
      );
      if (runs.length < atLeast) return runs.length;
      known.set(key, runs.length);
      state.occurred += 1;
      const speaker = run === null ? {} : { run };
      state.occurrences.set(key, { ...occurrenceOf(emission, now), ...speaker, no: state.occurred });
      for (const { inbox, row } of runs) {
        state.messages += 1;
        inbox.push({ id: state.messages, run: row.id, at: now, body });
      }
      return runs.length;
    },
  };
}

/** What waits has no later event of its own. */
function waitsOf({ journal }: Held): readonly Waiting[] {
  const waits = new Map<StagePath, Waiting>();
  for (const { event } of journal) {
    if (!("stage" in event) || event.stage === undefined) continue;
    if (event.type === "stageWaiting") waits.set(event.stage, event.waiting);
    else waits.delete(event.stage);
  }
  return [...waits.values()];
}
