/**
 * Which parts of what is kept carry data, and what stays readable beside them. What stays is what an erasure would leave:
 * enough to list, to wait and to prove, and nothing of the content.
 */
import type { ApprovalRequest, Decision } from "./approval.js";
import { carriesData, eraseDecision, eraseEvent, eraseFailure, eraseRequest } from "./erase.js";
import type { Failure } from "./errors.js";
import type { Event } from "./event.js";
import type { Json, JsonObject } from "./json.js";

/** What every text begins with that stands for data under a key. */
export const SEALED = "sealed:1:";

/** Plain text to sealed text, or back. */
export type Turn = (text: string) => string;

/** Marks by which a wait can be matched without its values being known: equal fields have equal marks. */
export type Marks = (fields: JsonObject) => JsonObject;

export function sealEvent(event: Event, seal: Turn, marks: Marks): Event {
  if (!carriesData(event)) return event;
  const left = eraseEvent(event);
  if (event.type !== "stageWaiting" || event.waiting.event?.match === undefined) return sealed(event, left, seal);
  const match = marks(event.waiting.event.match);
  const waiting = { ...event.waiting, ...(left as typeof event).waiting, event: { ...event.waiting.event, match } };
  if (event.waiting.approval !== undefined) waiting.approval = eraseRequest(event.waiting.approval);
  return sealed<Event>(event, { ...event, waiting }, seal);
}

export function sealRequest(request: ApprovalRequest, seal: Turn): ApprovalRequest {
  return sealed(request, eraseRequest(request), seal);
}

export function sealDecision(decision: Decision, seal: Turn): Decision {
  return sealed(decision, eraseDecision(decision), seal);
}

export function sealFailure(failure: Failure, seal: Turn): Failure {
  return sealed(failure, eraseFailure(failure), seal);
}

/** `left` with the whole beside it, under seal. */
export function sealed<T extends object>(whole: T, left: T, seal: Turn): T {
  return { ...left, sealed: seal(JSON.stringify(whole)) };
}

/** What was sealed; anything else as it is. */
export function opened<T extends object>(kept: T, open: Turn): T {
  const text = sealedText(kept);
  return text === undefined ? kept : (JSON.parse(open(text)) as T);
}

/** The sealed text of what is kept so; undefined: it is plain. */
export function sealedText(kept: object): string | undefined {
  const { sealed: text } = kept as { readonly sealed?: unknown };
  return typeof text === "string" && text.startsWith(SEALED) ? text : undefined;
}

/** Is it nothing but a sealed text? */
export function isSealed(value: Json): boolean {
  return typeof value === "object" && value !== null && sealedText(value) !== undefined;
}
