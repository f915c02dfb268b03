import type { ApprovalRequest, Decision } from "./approval.js";
import type { Failure } from "./errors.js";
import type { Event, Usage, Waiting } from "./event.js";

/** What stands where a person's data was. */
export const ERASED = "erased";

type Field = keyof typeof WITHOUT_DATA;

/** What is left of each field that carries data. Who decided what, and when, is the proof and stays. */
const WITHOUT_DATA = {
  inputs: () => ({}),
  items: (items: readonly unknown[]) => items.map(() => null),
  outputs: () => ({}),
  value: () => null,
  reason: () => ERASED,
  error: eraseFailure,
  waiting: ({ approval, event, timers }: Waiting) => ({
    ...(approval && { approval: eraseRequest(approval) }),
    ...(event && { event: { name: event.name, outcome: event.outcome } }),
    ...(timers && { timers }),
  }),
  decision: eraseDecision,
  usage: ({ prompt: _, ...usage }: Usage) => usage,
  set: () => undefined,
  result: () => undefined,
  explain: () => undefined,
  trigger: () => undefined,
  sealed: () => undefined,
  vault: () => undefined,
} as const;

/** The event without what people and stages said: enough to tell the course of the run, and nothing of its content. */
export function eraseEvent(event: Event): Event {
  const fields = Object.entries(event).flatMap(([name, value]) => {
    if (!Object.hasOwn(WITHOUT_DATA, name)) return [[name, value]];
    const left = (WITHOUT_DATA[name as Field] as (value: unknown) => unknown)(value);
    return left === undefined ? [] : [[name, left]];
  });
  return Object.fromEntries(fields) as Event;
}

/** Is there anything in it that an erasure would take out? */
export function carriesData(event: Event): boolean {
  return Object.keys(event).some((name) => Object.hasOwn(WITHOUT_DATA, name));
}

export function eraseRequest({ approvers, quorum, outcomes }: ApprovalRequest): ApprovalRequest {
  return { title: ERASED, approvers, forbid: [], quorum, outcomes };
}

/** The hash of what was shown goes too: of few possible values one could be found that fits. */
export function eraseDecision({ by, onBehalfOf, via, at, outcome }: Decision): Decision {
  return { by, ...(onBehalfOf === undefined ? {} : { onBehalfOf }), via, at, outcome };
}

export function eraseFailure({ code, retryable }: Failure): Failure {
  return { code, message: ERASED, retryable };
}
