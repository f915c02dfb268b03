import type { Event } from "../../../core/event.js";
import { wordOf } from "../parts/tone.js";

/** An event in words. */
export function sentence(event: Event): string {
  switch (event.type) {
    case "runStarted":
      return `started by ${event.by}`;
    case "runForked":
      return `forked from ${event.from} at ${event.stage} by ${event.by}`;
    case "stageStarted":
      return event.attempt > 1 ? `${event.stage} began try ${event.attempt}` : `${event.stage} began`;
    case "scopeOpened":
      return event.items === undefined
        ? `${event.stage} opened`
        : `${event.stage} opened with ${event.items.length} items`;
    case "iterationOpened":
      return `${event.stage} begins round ${event.index + 1}`;
    case "stageClosing":
      return `${event.stage} is closing: ${event.outcome}`;
    case "finallyOpened":
      return `${event.stage} comes to its finally`;
    case "stageWaiting":
      return `${event.stage} waits${waitsFor(event)}`;
    case "stageQueued":
      return `${event.stage} waits for its turn`;
    case "decisionMade":
      return `${event.decision.by} decided ${event.decision.outcome} at ${event.stage}${said(event.decision.comment)}`;
    case "approvalReminded":
      return `whoever decides ${event.stage} was reminded`;
    case "approvalEscalated":
      return `others may decide ${event.stage} too`;
    case "approversNotified":
      return `whoever decides ${event.stage} was told`;
    case "stepRecorded":
      return `${event.stage} recorded ${event.key}`;
    case "attemptFailed":
      return `${event.stage} failed try ${event.attempt}: ${event.error.message}`;
    case "attemptLost":
      return `${event.stage} lost try ${event.attempt}: its process died`;
    case "stageEnded":
      return `${event.stage} ${event.by === undefined ? "" : `by ${event.by} `}${wordOf(event.outcome)}`;
    case "stageRetried":
      return `${event.by} tries ${event.stage} again`;
    case "compensationStarted":
      return `${event.stage} is being undone`;
    case "compensationFailed":
      return `${event.stage} could not be undone: ${event.error.message}`;
    case "compensated":
      return `${event.stage} was undone`;
    default:
      return ofRun(event);
  }
}

function ofRun(
  event: Extract<
    Event,
    {
      type:
        | "runPaused"
        | "runMigrated"
        | "runResumed"
        | "runReopened"
        | "budgetRaised"
        | "cancelRequested"
        | "rollbackStarted"
        | "runEnding"
        | "runEnded";
    }
  >,
): string {
  switch (event.type) {
    case "runPaused":
      return `paused by ${event.by}${said(event.reason)}`;
    case "runMigrated":
      return `moved to version ${event.version} by ${event.by}`;
    case "runResumed":
      return `resumed by ${event.by}`;
    case "runReopened":
      return `taken up again by ${event.by}`;
    case "budgetRaised":
      return `given more to spend by ${event.by}`;
    case "cancelRequested":
      return `cancelled by ${event.by}${said(event.reason)}`;
    case "rollbackStarted":
      return `rollback by ${event.by}${said(event.reason)}`;
    case "runEnding":
      return `about to end: ${wordOf(event.status)}`;
    case "runEnded":
      return `ended: ${wordOf(event.status)}`;
  }
}

/** Whose doing it was, where it was a person's. */
export function personOf(event: Event): string | undefined {
  if (event.type === "decisionMade") return event.decision.by;
  return "by" in event ? event.by : undefined;
}

function waitsFor({ waiting }: Extract<Event, { type: "stageWaiting" }>): string {
  if (waiting.approval !== undefined) return ` for ${waiting.approval.approvers.join(" or ")}`;
  return waiting.event === undefined ? " for its time" : ` for ${waiting.event.name}`;
}

function said(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `: “${text}”`;
}
