import type { Config } from "../../config.js";
import type { Actor } from "../../core/approval.js";
import type { Json, JsonObject } from "../../core/json.js";
import type { Secrets, Store } from "../../engine/ports.js";
import type { Logger } from "../../plugin/api.js";
import { type LoadedDefinition, listDefinitions } from "../definitions.js";
import { checkedInputs, planOf, type Started } from "../start.js";
import { createFinder } from "./found.js";
import { Scheduler } from "./scheduler.js";

export type { Received } from "./receive.js";
export type { Scheduler } from "./scheduler.js";
export type { Delivery } from "./signature.js";
export type { Schedule } from "./standing.js";

interface Parts {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly log: Logger;
  read(file: string): Promise<LoadedDefinition>;
  start(
    definition: LoadedDefinition,
    options: { inputs: JsonObject; by: Actor; trigger: Json; idempotencyKey: string },
  ): Promise<Started>;
}

/** The scheduler of a project, on the definitions as they are in its folder. */
export function openScheduler(config: Config, { store, secrets, log, read, start }: Parts): Scheduler {
  return new Scheduler({
    store,
    secrets,
    project: config.project,
    log,
    find: createFinder(() => listDefinitions(config), read),
    check: (definition, inputs) => void checkedInputs(planOf(definition), inputs),
    start: (definition, { by, ...options }) =>
      start(definition, { ...options, by: { user: by, roles: [], groups: [], via: "trigger" } }),
  });
}
