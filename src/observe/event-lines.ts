import type { Failure } from "../core/errors.js";
import type { Event, Recorded } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import type { LogLevel } from "../core/log-level.js";

/** What is logged of an event. It names no inputs, outputs or other data. */
export interface EventLine {
  readonly level: Exclude<LogLevel, "silent">;
  readonly message: string;
  readonly fields: JsonObject;
}

/**
 * An event of a journal as a line of a log, to be found again by run, stage and attempt.
 * @param isOpen whether the messages of failures may be told: not where the journal is sealed
 */
export function lineOf(run: string, { seq, event }: Recorded, isOpen: boolean): EventLine {
  const { level, message, more = {} } = wordsOf(event, isOpen);
  const stage = "stage" in event && event.stage !== undefined ? { stage: event.stage } : {};
  const attempt = "attempt" in event ? { attempt: event.attempt } : {};
  return { level, message, fields: { run, ...stage, ...attempt, seq, ...more } };
}

interface Words {
  readonly level: EventLine["level"];
  readonly message: string;
  readonly more?: JsonObject;
}

function wordsOf(event: Event, isOpen: boolean): Words {
  switch (event.type) {
    case "runStarted":
      return { level: "info", message: "run started", more: { by: event.by } };
    case "runEnded": {
      const isBad = event.status === "failed" || event.status === "rollbackFailed";
      const more = { status: event.status, ...errorOf(event.error, isOpen) };
      return { level: isBad ? "error" : "info", message: "run ended", more };
    }
    case "runPaused":
      return { level: "warn", message: "run paused", more: { by: event.by, ...(isOpen && { reason: event.reason }) } };
    case "attemptFailed":
    case "compensationFailed": {
      const retryAt: Json = event.retryAt === undefined ? null : new Date(event.retryAt).toISOString();
      const message = event.type === "attemptFailed" ? "attempt failed" : "undoing failed";
      return { level: "warn", message, more: { ...errorOf(event.error, isOpen), retryAt } };
    }
    case "attemptLost":
      return { level: "warn", message: "attempt lost: its process died" };
    case "stageEnded": {
      const level = event.outcome === "failed" ? "warn" : "debug";
      return { level, message: "stage ended", more: { outcome: event.outcome, ...errorOf(event.error, isOpen) } };
    }
    case "decisionMade":
      return { level: "info", message: "decided", more: { by: event.decision.by, outcome: event.decision.outcome } };
    default:
      return { level: OF_RUNS.has(event.type) ? "info" : "debug", message: inWords(event.type), more: byOf(event) };
  }
}

/** What people do to runs. */
const OF_RUNS: ReadonlySet<Event["type"]> = new Set([
  "runForked",
  "runMigrated",
  "runResumed",
  "runReopened",
  "budgetRaised",
  "cancelRequested",
  "rollbackStarted",
  "stageWaiting",
]);

function byOf(event: Event): JsonObject {
  return "by" in event && typeof event.by === "string" ? { by: event.by } : {};
}

function errorOf(error: Failure | undefined, isOpen: boolean): JsonObject {
  if (error === undefined) return {};
  return { code: error.code, ...(isOpen && { error: error.message }) };
}

/** `stageStarted`: `stage started`. */
function inWords(type: string): string {
  return type.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
