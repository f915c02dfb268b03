import { initial } from "./0001-initial.js";
import { cache } from "./0002-cache.js";
import { groups } from "./0003-groups.js";
import { limits } from "./0004-limits.js";
import { upkeep } from "./0005-upkeep.js";
import { audit } from "./0006-audit.js";
import { money } from "./0007-money.js";
import { schedules } from "./0009-schedules.js";
import { observe } from "./0011-observe.js";
import { dataKeys } from "./0012-data-keys.js";
import { occurrences } from "./0014-occurrences.js";
import { prices } from "./0017-prices.js";
import { resources } from "./0020-resources.js";
import { commits } from "./0022-commits.js";
import { shortPlans } from "./0024-short-plans.js";
import { attemptsUntold } from "./0025-attempts-untold.js";
import type { Migration } from "./migration.js";

/** All, in order. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  cache,
  groups,
  limits,
  upkeep,
  audit,
  money,
  schedules,
  observe,
  dataKeys,
  occurrences,
  prices,
  resources,
  commits,
  shortPlans,
  attemptsUntold,
];
