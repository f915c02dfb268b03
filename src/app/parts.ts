import type { Audit } from "./audit.js";
import type { LoadedDefinition } from "./definitions.js";
import { wallClock } from "./host.js";
import type { Keys } from "./keys.js";
import { later } from "./later.js";
import type { Links } from "./links.js";
import { type Meter, meterOf } from "./meter.js";
import type { Rooms } from "./rooms.js";
import type { Rules } from "./rules.js";
import type { Stats } from "./stats.js";
import type { AppUpkeep } from "./upkeep.js";

/** What a project offers in groups. The code of each but one is read when it is first used: most commands use none. */
export interface Parts {
  readonly audit: Audit;
  readonly keys: Keys;
  readonly links: Links;
  readonly meter: Meter;
  readonly rules: Rules;
  readonly stats: Stats;
  readonly upkeep: AppUpkeep;
}

export function partsOf(
  { config, secrets, stores: { made, existing }, whoIs, resources }: Rooms,
  read: (definition: string) => Promise<LoadedDefinition>,
): Parts {
  const stats = later(async () => (await import("./stats.js")).statsOf(existing));
  return {
    audit: later(async () => (await import("./audit.js")).auditOf(config, made)),
    keys: later(async () => (await import("./keys.js")).keysOf(config, secrets, made)),
    links: later(async () => (await import("./links.js")).linksOf(config, made, whoIs)),
    meter: meterOf(made, stats, resources),
    rules: later(async () => (await import("./rules.js")).rulesOf(read)),
    stats,
    upkeep: later(async () => (await import("./upkeep.js")).upkeepOf(existing, made, wallClock.now)),
  };
}
