import type { Store } from "../../engine/ports.js";
import { alerts } from "./alerts.js";
import { audit } from "./audit.js";
import { cache } from "./cache.js";
import { emissions } from "./emissions.js";
import { journal } from "./journal.js";
import { keys } from "./keys.js";
import { leases } from "./leases.js";
import { ledger } from "./ledger.js";
import { limits } from "./limits.js";
import { occurrences } from "./occurrences.js";
import { people } from "./people.js";
import { resources } from "./resources.js";
import { runs } from "./runs.js";
import { schedules } from "./schedules.js";
import { emptyState } from "./state.js";
import { summaries } from "./summaries.js";
import { upkeep } from "./upkeep.js";

/** The reference store: what it keeps lasts as long as the object, across `close` and `open`. */
export function memoryStore(): Store {
  const state = emptyState();
  return {
    isVolatile: true,
    async open() {},
    async close() {},
    ...runs(state),
    ...journal(state),
    ...leases(state),
    ...people(state),
    ...alerts(state),
    ...audit(state),
    ...cache(),
    ...keys(state),
    // Nothing of it outlives the process.
    vault: async () => ({ seal: (text) => text, open: (text) => text }),
    ...ledger(),
    ...limits(state),
    ...emissions(state),
    ...occurrences(state),
    ...schedules(),
    ...resources(state),
    ...summaries(state),
    ...upkeep(state),
  };
}
