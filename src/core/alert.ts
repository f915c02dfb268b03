import { BUDGET_EXCEEDED } from "./budget.js";
import type { Event, Recorded, StagePath } from "./event.js";
import type { AlertKind, AlertPlan } from "./plan.js";

/** What an alert can be about. */
export const ALERT_KINDS = [
  "failed",
  "paused",
  "waiting",
  "slow",
  "budget",
  "rejected",
] as const satisfies readonly AlertKind[];

/** One thing somebody is to be told of. */
export interface AlertFact {
  /** What makes it one: the same however often it is found. */
  readonly key: string;
  readonly on: AlertKind;
  readonly channel: string;
  /** The event it is about. */
  readonly seq: number;
  readonly stage?: StagePath;
  /** When it became so, and when somebody is told if it still is: milliseconds since the epoch. */
  readonly at: number;
  readonly dueAt: number;
  /** Of `slow`: how long a run may take. */
  readonly after?: number;
}

/** What events give to tell. @param after the seq before the first of them */
export function alertsOf(
  run: string,
  plans: readonly AlertPlan[],
  events: readonly Event[],
  after: number,
): readonly AlertFact[] {
  const facts: AlertFact[] = [];
  for (const [at, event] of events.entries()) {
    for (const on of kindsOf(event)) facts.push(...factsOf(run, plans, on, event, after + at + 1));
  }
  return facts;
}

/** What there is to tell of a run because it takes its time: found anew by everybody who takes it up. */
export function slowAlerts(run: string, plans: readonly AlertPlan[], startedAt: number): readonly AlertFact[] {
  return plans.flatMap(({ on, notify: channel, after }, index) =>
    on.includes("slow") && after !== undefined
      ? [{ key: `${run}/slow/${index}`, on: "slow", channel, seq: 1, at: startedAt, dueAt: startedAt + after, after }]
      : [],
  );
}

/** Is it still so, by what came behind it in the journal? What happened once stays so. */
export function isStillSo({ on, stage }: AlertFact, later: readonly Recorded[]): boolean {
  if (on === "slow") return !later.some(({ event }) => event.type === "runEnded");
  if (on !== "waiting") return true;
  return !later.some(
    ({ event }) => event.type === "runEnded" || (event.type === "stageEnded" && event.stage === stage),
  );
}

function kindsOf(event: Event): readonly AlertKind[] {
  switch (event.type) {
    case "runEnded":
      return event.status === "failed" || event.status === "rollbackFailed" ? ["failed"] : [];
    case "runPaused":
      return ["paused"];
    case "stageWaiting":
      // What only waits for a time waits for nobody.
      return event.waiting.approval !== undefined || event.waiting.event !== undefined ? ["waiting"] : [];
    case "attemptFailed":
      return event.error.code === BUDGET_EXCEEDED ? ["budget"] : [];
    case "stageEnded":
      if (event.error?.code === BUDGET_EXCEEDED) return ["budget"];
      return event.outcome === "rejected" ? ["rejected"] : [];
    default:
      return [];
  }
}

function factsOf(
  run: string,
  plans: readonly AlertPlan[],
  on: AlertKind,
  event: Event,
  seq: number,
): readonly AlertFact[] {
  const stage = "stage" in event ? event.stage : undefined;
  return plans.flatMap(({ on: wanted, notify: channel, after = 0 }, index) => {
    if (!wanted.includes(on)) return [];
    // A stage that is held by its budget, tried again and held again is told of once.
    const key = on === "budget" ? `${run}/budget/${stage}/${index}` : `${run}/${seq}/${on}/${index}`;
    const dueAt = event.at + (on === "waiting" ? after : 0);
    return [{ key, on, channel, seq, at: event.at, dueAt, ...(stage !== undefined && { stage }) }];
  });
}
