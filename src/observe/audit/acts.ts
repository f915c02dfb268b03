import type { AuditEntry } from "../../core/audit.js";
import type { Event, Recorded } from "../../core/event.js";
import type { JsonObject } from "../../core/json.js";

/** One line of the audit trail as people read it: who did what, and when. */
export interface Act {
  /** Null: what concerns no single run. */
  readonly run: string | null;
  /** Place in the run's journal, or in the trail beside it. */
  readonly seq: number;
  readonly source: "journal" | "trail";
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly stage: string | null;
  /** Hash of the definition that the run follows. */
  readonly definition: string | null;
  readonly detail: JsonObject;
}

/** Who did it and what is worth saying; undefined: it only follows from what others did. */
type Telling = { readonly who?: string; readonly detail?: JsonObject } | undefined;

function tell(event: Event): Telling {
  switch (event.type) {
    case "runStarted":
    case "runResumed":
    case "runReopened":
    case "stageRetried":
      return { who: event.by };
    case "runForked":
      return { who: event.by, detail: { from: event.from } };
    case "runPaused":
    case "rollbackStarted":
      return { who: event.by, detail: { reason: event.reason } };
    case "cancelRequested":
      return { who: event.by, detail: event.reason === undefined ? {} : { reason: event.reason } };
    case "decisionMade": {
      const { by, via, outcome, saw, comment, onBehalfOf } = event.decision;
      return {
        who: by,
        detail: { outcome, via, ...(onBehalfOf && { onBehalfOf }), ...(saw && { saw }), ...(comment && { comment }) },
      };
    }
    case "approvalReminded":
      return { detail: { count: event.count } };
    case "approvalEscalated":
      return { detail: { approvers: event.approvers } };
    case "approversNotified":
      return { detail: { about: event.about, ...(event.error && { code: event.error.code }) } };
    case "stepRecorded": {
      if (event.usage === undefined) return undefined;
      const { provider, model, prompt } = event.usage;
      return { who: `agent:${provider}`, detail: { model, ...(prompt && { prompt }) } };
    }
    case "stageEnded":
      return { ...(event.by && { who: event.by }), detail: { outcome: event.outcome } };
    case "attemptFailed":
    case "compensationFailed":
      return { detail: { attempt: event.attempt, code: event.error.code } };
    case "attemptLost":
      return { detail: { attempt: event.attempt } };
    case "compensated":
      return {};
    case "runEnded":
      return { detail: { status: event.status } };
    default:
      return undefined;
  }
}

export function actsOfJournal(run: string, definition: string, events: readonly Recorded[]): readonly Act[] {
  return events.flatMap(({ seq, event }): Act[] => {
    const told = tell(event);
    if (told === undefined) return [];
    const stage = "stage" in event && event.stage !== undefined ? event.stage : null;
    const { who = "engine", detail = {} } = told;
    return [{ run, seq, source: "journal", at: event.at, who, what: event.type, stage, definition, detail }];
  });
}

export function actOfEntry({ run, seq, at, by, action, detail }: AuditEntry): Act {
  const stage = typeof detail["stage"] === "string" ? detail["stage"] : null;
  return { run, seq, source: "trail", at, who: by, what: action, stage, definition: null, detail };
}
