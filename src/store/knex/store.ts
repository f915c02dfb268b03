import type { Store } from "../../engine/ports.js";
import { cache } from "./cache.js";
import { type Database, database } from "./database.js";
import type { Dialect } from "./dialect.js";
import { journal } from "./journal.js";
import { leases } from "./leases.js";
import { ledger } from "./ledger.js";
import { migrate } from "./migrate.js";
import { MIGRATIONS } from "./migrations/index.js";
import { people } from "./people.js";
import { runs } from "./runs.js";
import { schedules } from "./schedules.js";
import { snapshots } from "./snapshots.js";
import { upkeep } from "./upkeep.js";

/** All of a store but its backup, which each database makes its own way. */
export function knexStore(dialect: Dialect): Omit<Store, "backup"> {
  const kept = database(dialect);
  let before = 0;
  const prepare = async (opened: Database) => {
    before = await migrate(opened, MIGRATIONS);
  };
  return {
    open: () => kept.open(prepare),
    close: () => kept.close(),
    ...runs(kept),
    ...journal(kept),
    ...leases(kept),
    ...people(kept),
    ...cache(kept),
    ...ledger(kept),
    ...schedules(kept),
    ...snapshots(kept),
    ...upkeep(kept, () => before),
  };
}
