import type { Config } from "../../config.js";
import type { Actor } from "../../core/approval.js";
import type { Json, JsonObject } from "../../core/json.js";
import type { Store } from "../../engine/ports.js";
import { type LoadedDefinition, listDefinitions } from "../definitions.js";
import { stderrLogger } from "../host.js";
import type { Started } from "../start.js";
import { createFinder } from "./found.js";
import { Scheduler } from "./scheduler.js";

export type { Schedule, Scheduler } from "./scheduler.js";

interface Parts {
  readonly store: Store;
  read(file: string): Promise<LoadedDefinition>;
  start(
    definition: LoadedDefinition,
    options: { inputs: JsonObject; by: Actor; trigger: Json; idempotencyKey: string },
  ): Promise<Started>;
}

/** The scheduler of a project, on the definitions as they are in its folder. */
export function openScheduler(config: Config, { store, read, start }: Parts): Scheduler {
  return new Scheduler({
    store,
    project: config.project,
    log: stderrLogger,
    find: createFinder(() => listDefinitions(config), read),
    start: (definition, { by, ...options }) =>
      start(definition, { ...options, by: { user: by, roles: [], groups: [], via: "trigger" } }),
  });
}
