import type { Store } from "../../engine/ports.js";
import { cache } from "./cache.js";
import { database } from "./database.js";
import type { Dialect } from "./dialect.js";
import { journal } from "./journal.js";
import { leases } from "./leases.js";
import { ledger } from "./ledger.js";
import { migrate } from "./migrate.js";
import { MIGRATIONS } from "./migrations/index.js";
import { people } from "./people.js";
import { runs } from "./runs.js";

export function knexStore(dialect: Dialect): Store {
  const kept = database(dialect);
  return {
    open: () => kept.open((opened) => migrate(opened, MIGRATIONS)),
    close: () => kept.close(),
    ...runs(kept),
    ...journal(kept),
    ...leases(kept),
    ...people(kept),
    ...cache(kept),
    ...ledger(kept),
  };
}
