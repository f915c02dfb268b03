import { randomUUID } from "node:crypto";
import { StagecraftError } from "../../core/errors.js";
import { Unevaluable } from "../../core/evaluate.js";
import { isObject, type Json } from "../../core/json.js";
import type { WebhookTrigger } from "../../core/trigger.js";
import type { RunRow } from "../../engine/ports.js";
import { fire, inputsFor, type Occasion, passesFilter, type SchedulerHost } from "./fire.js";
import { type Hearing, hear } from "./hear.js";
import { type Delivery, prove } from "./signature.js";
import { after, type Schedule } from "./standing.js";

/** What came of a request: its run, or why there is none. */
export type Received =
  | { readonly run: RunRow; readonly created: boolean }
  | { readonly run: null; readonly because: "filtered" | "passedOver" | "queued" | "repeated" };

type Webhook = Schedule & { readonly trigger: WebhookTrigger };

/**
 * Takes a request for a webhook trigger. What it answers is durable.
 * @throws StagecraftError `signature-*`, `timestamp-stale`, `invalid-json`, `invalid-input`, `trigger-paused`, `trigger-unready`
 */
export async function receive(
  host: SchedulerHost,
  schedule: Webhook,
  delivery: Delivery,
  now: number,
): Promise<Received> {
  const { trigger, row } = schedule;
  const id = await provenId(host, trigger, delivery, now);
  if (row.pausedBy !== null) throw notNow("trigger-paused", "this trigger is paused");
  const occasion = occasionOf(trigger, delivery, id, now);
  try {
    if (!passesFilter(schedule, occasion, now)) return { run: null, because: "filtered" };
    host.check(schedule.definition, inputsFor(schedule, occasion, now));
    return await (trigger.overlap === "allow" ? atOnce : inTurn)(host, schedule, occasion, now);
  } catch (error) {
    throw forSender(host, schedule, error);
  }
}

async function provenId(
  { secrets, log }: SchedulerHost,
  { id, signed }: WebhookTrigger,
  delivery: Delivery,
  now: number,
): Promise<string> {
  if (signed === null) return delivery.header("webhook-id") ?? delivery.header("idempotency-key") ?? randomUUID();
  const secret = await secrets.get(signed.secret);
  try {
    if (secret !== undefined) return prove(delivery, signed, secret, now).id;
    throw new StagecraftError("webhook-secret", `the secret ${signed.secret} is not set`, { kind: "environment" });
  } catch (error) {
    if (!(error instanceof StagecraftError) || error.code !== "webhook-secret") throw error;
    log.error(`the webhook ${id} takes nothing: ${error.message}`);
    throw notNow("trigger-unready", "this trigger is not set up");
  }
}

function occasionOf(
  trigger: WebhookTrigger,
  { header, body: bytes }: Delivery,
  delivery: string,
  now: number,
): Occasion {
  let body: Json;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new StagecraftError("invalid-json", "the body is not JSON");
  }
  const said =
    trigger.signed?.scheme === "github" ? header("x-github-event") : isObject(body) ? body["type"] : undefined;
  const type = typeof said === "string" ? said : "";
  return { key: delivery, facts: { delivery, type, at: new Date(now).toISOString(), body } };
}

async function atOnce(host: SchedulerHost, schedule: Webhook, occasion: Occasion, now: number): Promise<Received> {
  const started = await fire(host, schedule, occasion, now);
  // Only what people look at: another request may have been quicker.
  if (started.created) await host.store.saveSchedule(after(schedule.row, now, started));
  return started;
}

/** Kept first, then dealt with like what was heard before it. */
async function inTurn(host: SchedulerHost, schedule: Webhook, occasion: Occasion, now: number): Promise<Received> {
  const { store } = host;
  const { id, row } = schedule;
  if (schedule.isNew) await store.saveSchedule(row);
  const data = occasion as unknown as Json;
  const by = `trigger:${id}`;
  const key = `webhook ${id} ${occasion.key}`;
  const isNews = await store.keepOccurrence({ key, source: "webhook", name: id, data, by, at: now, hops: 0 });
  if (!isNews) return { run: null, because: "repeated" };
  const kept = await standingNow(host, schedule);
  const runs = await hear(host, kept, now);
  const run = runs.find(({ idempotencyKey }) => idempotencyKey === `trigger ${id} ${occasion.key}`);
  if (run !== undefined) return { run, created: true };
  return { run: null, because: kept.trigger.overlap === "skip" ? "passedOver" : "queued" };
}

async function standingNow({ store }: SchedulerHost, schedule: Webhook): Promise<Hearing> {
  const rows = await store.listSchedules();
  return { ...schedule, isNew: false, row: rows.find(({ id }) => id === schedule.id) ?? schedule.row };
}

/** The sender hears what is wrong with the request; what is wrong here is for the log. */
function forSender({ log }: SchedulerHost, { id }: Schedule, error: unknown): unknown {
  if (error instanceof Unevaluable) return new StagecraftError("invalid-input", error.message);
  if (!(error instanceof StagecraftError) || SENDERS.has(error.code) || error.kind === "bug") return error;
  log.error(`the webhook ${id} could not start a run: ${error.message}`);
  return notNow("trigger-unready", "a run cannot be started now");
}

const SENDERS = new Set(["invalid-input", "key-reused", "payload-too-large", "group-full"]);

/** Of kind environment: senders try again. */
function notNow(code: string, message: string): StagecraftError {
  return new StagecraftError(code, message, { kind: "environment" });
}
