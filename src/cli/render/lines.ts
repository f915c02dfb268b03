import { formatDuration } from "../../core/duration.js";
import type { Failure } from "../../core/errors.js";
import type { Event, Waiting } from "../../core/event.js";
import { type LimitWait, limitText } from "../../core/limit.js";

/** One event in words, without its run and time; undefined where it tells a person nothing. */
export function lineOf(event: Event): string | undefined {
  if (!("stage" in event) || event.type === "runPaused") return lineOfRun(event);
  const words = wordsOf(event);
  return words && `${event.stage} ${words}`;
}

function wordsOf(event: Extract<Event, { stage: string }>): string | undefined {
  switch (event.type) {
    case "stageStarted":
      return `started${attempt(event.attempt)}`;
    case "scopeOpened":
      return `opened${event.items ? ` for ${count(event.items.length, "item")}` : ""}${attempt(event.attempt)}`;
    case "iterationOpened":
      return `iteration ${event.index}`;
    case "stageQueued":
      return `waits for ${queuedFor(event.for)}`;
    case "stageWaiting":
      return `waits for ${waitingFor(event.waiting)}`;
    case "decisionMade": {
      const { by, outcome, comment } = event.decision;
      return `${outcome} by ${by}${comment ? `: ${comment}` : ""}`;
    }
    case "attemptFailed":
      return `attempt ${event.attempt} failed: ${failure(event.error)}${again(event.at, event.retryAt)}`;
    case "approvalReminded":
      return `still waits for a person: reminder ${event.count}`;
    case "approvalEscalated":
      return `may now be decided by ${event.approvers.join(", ")}, too`;
    case "approversNotified":
      return event.error ? `could not tell its approvers: ${failure(event.error)}` : undefined;
    case "attemptLost":
      return `attempt ${event.attempt} was lost with its process`;
    case "stageEnded":
      return `${event.outcome}${event.by ? ` by ${event.by}` : ""}${event.error ? `: ${failure(event.error)}` : ""}`;
    case "stageRetried":
      return `retried by ${event.by}`;
    case "stageClosing":
      return `is being ended${event.error ? `: ${failure(event.error)}` : ""}`;
    case "compensationStarted":
      return `is being undone${attempt(event.attempt)}`;
    case "compensationFailed":
      return `could not be undone: ${failure(event.error)}${again(event.at, event.retryAt)}`;
    case "compensated":
      return "undone";
    default:
      return undefined;
  }
}

function lineOfRun(event: Event): string | undefined {
  switch (event.type) {
    case "runStarted":
      return `run started by ${event.by}`;
    case "runPaused":
      return `run paused by ${event.by}: ${event.reason}`;
    case "runResumed":
      return `run resumed by ${event.by}`;
    case "budgetRaised": {
      const more = [
        event.usd !== undefined && `${event.usd} USD`,
        event.tokens !== undefined && `${event.tokens} tokens`,
      ];
      return `budget raised by ${event.by}: ${more.filter(Boolean).join(" and ")} more`;
    }
    case "runMigrated":
      return `run moved to version ${event.version} of its definition by ${event.by}`;
    case "cancelRequested":
      return `cancel asked for by ${event.by}${event.reason ? `: ${event.reason}` : ""}`;
    case "rollbackStarted":
      return `rollback started by ${event.by}: ${event.reason}`;
    case "runEnded":
      return `run ${event.status}${event.error ? `: ${failure(event.error)}` : ""}`;
    default:
      return undefined;
  }
}

/** `approval by role:manager`, `event invoicePaid or 12:00`. */
export function waitingFor(waiting: Waiting): string {
  const parts: string[] = [];
  if (waiting.approval) parts.push(`approval by ${waiting.approval.approvers.join(" or ")}`);
  if (waiting.event) parts.push(`event ${waiting.event.name}`);
  // The expiry of an approval is not what it waits for.
  if (!waiting.approval) for (const timer of waiting.timers ?? []) parts.push(timeOf(timer.at));
  return parts.join(" or ");
}

/** `a place in group erp`, `the rate limit of mail, next at 12:00:01`. */
export function queuedFor(wait: LimitWait): string {
  return `${limitText(wait)}${wait.at === undefined ? "" : `, next at ${timeOf(wait.at)}`}`;
}

export function failure(error: Failure): string {
  return `${error.message} [${error.code}]`;
}

export function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** `2026-11-22 12:00:01`, local time. */
export function dateOf(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${day.join("-")} ${timeOf(at)}`;
}

/** `1 item`, `3 items`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function attempt(number: number): string {
  return number > 1 ? ` (attempt ${number})` : "";
}

function again(now: number, retryAt: number | undefined): string {
  return retryAt === undefined ? "" : `, again in ${formatDuration(Math.max(0, retryAt - now))}`;
}
