import type { Store } from "../../engine/ports.js";
import { alerts } from "./alerts.js";
import { audit } from "./audit.js";
import { cache } from "./cache.js";
import { type Database, database } from "./database.js";
import type { Dialect } from "./dialect.js";
import { emissions } from "./emissions.js";
import { erasure } from "./erase.js";
import { headsOf } from "./heads.js";
import { journal } from "./journal.js";
import { keys } from "./keys.js";
import { leases } from "./leases.js";
import { ledger } from "./ledger.js";
import { limits } from "./limits.js";
import { migrate } from "./migrate.js";
import { MIGRATIONS } from "./migrations/index.js";
import { occurrences } from "./occurrences.js";
import { people } from "./people.js";
import { resources } from "./resources.js";
import { runs } from "./runs.js";
import { schedules } from "./schedules.js";
import { snapshots } from "./snapshots.js";
import { summaries } from "./summaries.js";
import { upkeep } from "./upkeep.js";

/** All of a store but its backup, which each database makes its own way. */
export function knexStore(dialect: Dialect): Omit<Store, "backup"> {
  const kept = database(dialect);
  const heads = headsOf(kept);
  let before = 0;
  const prepare = async (opened: Database) => {
    before = await migrate(opened, MIGRATIONS);
  };
  return {
    open: () => kept.open(prepare),
    close: () => kept.close(),
    ...runs(kept),
    ...journal(kept, heads),
    ...leases(kept, heads),
    ...people(kept),
    ...alerts(kept),
    ...audit(kept),
    ...erasure(kept),
    ...cache(kept),
    ...keys(kept),
    // Nothing is encrypted here; a sealed store before this one says otherwise.
    vault: async () => undefined,
    ...ledger(kept),
    ...limits(kept),
    ...emissions(kept),
    ...occurrences(kept),
    ...schedules(kept),
    ...snapshots(kept),
    ...resources(kept),
    ...summaries(kept),
    ...upkeep(kept, () => before),
  };
}
