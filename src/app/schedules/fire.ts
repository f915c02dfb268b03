import { StagecraftError } from "../../core/errors.js";
import { type Context, evaluateAll, holds } from "../../core/evaluate.js";
import type { JsonObject } from "../../core/json.js";
import type { Secrets, Store } from "../../engine/ports.js";
import type { Logger } from "../../plugin/api.js";
import type { LoadedDefinition } from "../definitions.js";
import type { Started } from "../start.js";
import type { Found, FoundTrigger } from "./found.js";

/** What a trigger starts a run with. */
export interface Triggered {
  readonly inputs: JsonObject;
  readonly trigger: JsonObject;
  /** The same for every process and after every crash: one run a time, a file, a request or an event. */
  readonly idempotencyKey: string;
  readonly by: string;
}

/** What firing triggers takes of the project. */
export interface SchedulerHost {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly project: string;
  readonly log: Logger;
  find(): Promise<Found>;
  /** What a run with these inputs would be refused for is thrown. @throws StagecraftError `invalid-input`, `invalid-definition` */
  check(definition: LoadedDefinition, inputs: JsonObject): void;
  start(definition: LoadedDefinition, triggered: Triggered): Promise<Started>;
}

/** One thing that sets a trigger off. */
export interface Occasion {
  /** What expressions read as `trigger`, but for its kind and id. */
  readonly facts: JsonObject;
  /** Makes it one. */
  readonly key: string;
}

/** Does the trigger want to know of it? @throws Unevaluable */
export function passesFilter({ trigger }: FoundTrigger, { facts }: Occasion, now: number): boolean {
  const filter = "filter" in trigger ? trigger.filter : undefined;
  if (filter === undefined) return true;
  const told = toldOf(trigger, facts);
  return holds(filter, (name) => (name === "trigger" ? told : undefined), contextAt(now), "filter");
}

/** The inputs a run of it gets. @throws Unevaluable */
export function inputsFor({ trigger }: FoundTrigger, { facts }: Occasion, now: number): JsonObject {
  const told = toldOf(trigger, facts);
  return evaluateAll(trigger.inputs, (name) => (name === "trigger" ? told : undefined), contextAt(now), "inputs");
}

/** The run of it, started now or before. @throws Unevaluable, StagecraftError */
export function fire(host: SchedulerHost, found: FoundTrigger, occasion: Occasion, now: number): Promise<Started> {
  const { id, definition, trigger } = found;
  return host.start(definition, {
    inputs: inputsFor(found, occasion, now),
    trigger: toldOf(trigger, occasion.facts),
    idempotencyKey: `trigger ${id} ${occasion.key}`,
    by: `trigger:${id}`,
  });
}

/** The same where nobody waits for the answer: why it cannot be is logged and returned. Faults of the store are thrown. */
export async function fireOrTell(
  host: SchedulerHost,
  found: FoundTrigger,
  occasion: Occasion,
  now: number,
): Promise<Started | Error> {
  try {
    return await fire(host, found, occasion, now);
  } catch (error) {
    return told(host, found, occasion, error);
  }
}

/** Logs why a run cannot be started. @throws what is no fault of the definition or of what was heard */
export function told({ log }: SchedulerHost, { id }: FoundTrigger, { key }: Occasion, error: unknown): Error {
  if (!(error instanceof Error) || (error instanceof StagecraftError && error.kind === "environment")) throw error;
  log.error(`${id} could not start a run for ${key}: ${error.message}`);
  return error;
}

function toldOf({ kind, id }: FoundTrigger["trigger"], facts: JsonObject): JsonObject {
  return { kind, id, ...facts };
}

function contextAt(now: number): Context {
  return { now, validate: () => undefined, secrets: {} };
}
