import { formatDuration } from "../core/duration.js";
import type { Event } from "../core/event.js";
import type { AlertRow } from "../engine/ports.js";

/** One line for a person. @param event what the alert is about, as the journal has it */
export function alertMessage(alert: AlertRow, event: Event | undefined): string {
  const run = `run ${alert.run} of ${alert.workflow}`;
  const at = alert.stage === undefined ? "" : ` at ${alert.stage}`;
  switch (alert.on) {
    case "failed":
      return `${run} failed${reasonOf(event)}`;
    case "paused":
      return `${run} is paused${at}${event?.type === "runPaused" ? `: ${event.reason}` : ""}`;
    case "waiting":
      return `${run} waits${at}${waitedFor(event)}`;
    case "slow":
      return `${run} has not ended after ${formatDuration(alert.after ?? 0)}`;
    case "budget":
      return `${run} is at the end of its budget${at}${reasonOf(event)}`;
    case "rejected":
      return `${run} was rejected${at}`;
  }
}

function reasonOf(event: Event | undefined): string {
  if (event === undefined || !("error" in event) || event.error === undefined) return "";
  return `: ${event.error.message} [${event.error.code}]`;
}

function waitedFor(event: Event | undefined): string {
  if (event?.type !== "stageWaiting") return "";
  const { approval, event: awaited } = event.waiting;
  if (approval !== undefined) return ` for a decision: ${approval.title}`;
  return awaited === undefined ? "" : ` for the event ${awaited.name}`;
}
