import { isStillSo } from "../core/alert.js";
import type { Event } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { AlertEnd, AlertRow, Host } from "../engine/ports.js";
import { alertMessage } from "../observe/alert-message.js";
import { moment } from "../observe/documents.js";
import type { NotifyContext } from "../plugin/api.js";

/** Sent at a time: others look while these are under way. */
const AT_ONCE = 20;
/** One attempt may take so long, and a process that died is waited for twice that: milliseconds. */
const ATTEMPT_MS = 30_000;
/** The pause after the first attempt: doubled each time, up to the longest. Together some hours. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_ATTEMPTS = 15;

/**
 * Sends what is due. At least once: a process that dies between sending and writing that down leaves the alert to be sent
 * again, with the same key. Returns how many were sent.
 */
export async function sendAlerts(host: Host): Promise<number> {
  const now = host.clock.now();
  const taken = await host.store.takeAlerts(now, now + 2 * ATTEMPT_MS, AT_ONCE);
  const ends = await Promise.all(taken.map((alert) => sendOne(host, alert)));
  return ends.filter(({ status }) => status === "sent").length;
}

async function sendOne(host: Host, alert: AlertRow): Promise<AlertEnd> {
  const end = await attempt(host, alert);
  await host.store.settleAlert(alert.key, end);
  if (end.status === "dead") host.log.error(`alert ${alert.key} was given up: ${end.error}`);
  return end;
}

async function attempt(host: Host, alert: AlertRow): Promise<AlertEnd> {
  const [first, ...later] = await host.store.readEvents(alert.run, alert.seq - 1);
  if (!isStillSo(alert, later)) return { status: "void" };
  try {
    await send(host, alert, first?.event);
    return { status: "sent" };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    if (alert.attempts >= MOST_ATTEMPTS) return { status: "dead", error };
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (alert.attempts - 1), LONGEST_PAUSE_MS);
    return { status: "pending", error, dueAt: host.clock.now() + pause };
  }
}

async function send(host: Host, alert: AlertRow, event: Event | undefined): Promise<void> {
  const { run, workflow, stage = null, on, at, key } = alert;
  const row = await host.store.getRun(run);
  const { via, settings } = host.channel?.(alert.channel) ?? { via: alert.channel, settings: {} };
  const notifier = host.registry.notifiers.get(via);
  if (notifier === undefined) throw new Error(`there is no notifier ${via}`);
  const data: JsonObject = { key, on, run, workflow, stage, at: moment(at) };
  const notification: JsonObject = { ...settings, message: alertMessage(alert, event), data };
  const fault = host.validate(notifier.input, notification);
  if (fault !== undefined) throw new Error(`the channel ${alert.channel} does not fit ${via}: ${fault}`);
  const context: NotifyContext = {
    now: host.clock.now(),
    run: { id: run, workflow, version: row?.version ?? "", stage: stage ?? "" },
    idempotencyKey: host.sha256(key),
    signal: AbortSignal.timeout(ATTEMPT_MS),
    env: (name) => host.env(name),
    // One alert after another: there is no crowd at a host to hold back.
    atHost: (_, request) => request(),
    kind: `alert.${on}`,
  };
  await notifier.send(notification, context);
}
