import { describe } from "vitest";
import { alertsContract } from "./store/alerts.js";
import { auditContract } from "./store/audit.js";
import { cacheContract } from "./store/cache.js";
import { emissionsContract } from "./store/emissions.js";
import { groupsContract } from "./store/groups.js";
import { journalContract } from "./store/journal.js";
import { leasesContract } from "./store/leases.js";
import { ledgerContract } from "./store/ledger.js";
import { limitsContract } from "./store/limits.js";
import type { Setup } from "./store/material.js";
import { occurrencesContract } from "./store/occurrences.js";
import { openedPerTest } from "./store/opened.js";
import { payloadsContract } from "./store/payloads.js";
import { peopleContract } from "./store/people.js";
import { resourcesContract } from "./store/resources.js";
import { runsContract } from "./store/runs.js";
import { schedulesContract } from "./store/schedules.js";
import { summariesContract } from "./store/summaries.js";
import { upkeepContract } from "./store/upkeep.js";

export type { Fixture, Setup } from "./store/material.js";

/** What every store promises. `setup` gives each test a store of its own. */
export function storeContract(title: string, setup: Setup): void {
  describe(`${title} keeps the store contract:`, () => {
    const opened = openedPerTest(setup);
    runsContract(opened);
    journalContract(opened);
    leasesContract(opened);
    peopleContract(opened);
    payloadsContract(opened);
    cacheContract(opened);
    groupsContract(opened);
    ledgerContract(opened);
    limitsContract(opened);
    emissionsContract(opened);
    occurrencesContract(opened);
    alertsContract(opened);
    auditContract(opened);
    schedulesContract(opened);
    resourcesContract(opened);
    summariesContract(opened);
    upkeepContract(opened);
  });
}
