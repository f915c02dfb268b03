import { approvalOutputs, type Decision, peopleOf, settle } from "./approval.js";
import type { Context } from "./evaluate.js";
import type { Event, RunStatus } from "./event.js";
import type { Json, JsonObject } from "./json.js";
import { sameJson } from "./merge.js";
import { distinctFault } from "./policy.js";
import { isFailure } from "./reopen.js";
import { failed, succeeded } from "./settle.js";
import type { RunState, StageState } from "./state.js";

/** A request from outside that does not fit the run as it is: it is answered, and changes nothing. */
export interface Refusal {
  readonly refused: string;
}

/** A decision that the approvals list has accepted. Empty: the stage has ended meanwhile. */
export function decisionCame(state: RunState, path: string, decision: Decision, context: Context): readonly Event[] {
  const stage = state.stages.get(path);
  const request = stage?.waiting?.approval;
  if (stage?.status !== "waiting" || request === undefined) return [];
  const made: Event = { type: "decisionMade", at: context.now, stage: path, decision };
  const decidersOf = (at: string) => (state.stages.get(at)?.decisions ?? []).flatMap(peopleOf);
  const [breach] = peopleOf(decision).flatMap((user) => distinctFault(state, stage, user, decidersOf) ?? []);
  // Whoever took the decision has looked for this; the journal has the last word.
  if (breach !== undefined) return [made, ...failed(state, stage, breach, context, true)];
  const decisions = [...(stage.decisions ?? []), decision];
  const outcome = settle(request, decisions);
  if (outcome === undefined) return [made];
  return [
    made,
    ...succeeded(state, stage, { outcome, outputs: approvalOutputs(request, decisions, outcome) }, context),
  ];
}

/** An approval whose time is over. */
export function approvalExpired(
  state: RunState,
  stage: StageState,
  outcome: string,
  context: Context,
): readonly Event[] {
  const request = stage.waiting?.approval;
  if (stage.status !== "waiting" || request === undefined) return [];
  const outputs = approvalOutputs(request, stage.decisions ?? [], outcome);
  return succeeded(state, stage, { outcome, outputs }, context);
}

/** An event from outside ends every stage that waits for it and whose `match` agrees with it. */
export function eventCame(state: RunState, name: string, data: Json, context: Context): readonly Event[] {
  const events: Event[] = [];
  for (const stage of state.waits) {
    const wanted = stage.waiting?.event;
    if (wanted?.name !== name || !agrees(wanted.match, data)) continue;
    events.push(...succeeded(state, stage, { outcome: wanted.outcome, outputs: { event: data } }, context));
  }
  return events;
}

/** Does an event's data have the fields a wait asks for? */
export function agrees(match: JsonObject | undefined, data: Json): boolean {
  if (match === undefined) return true;
  const fields = data as JsonObject | null;
  return Object.entries(match).every(([key, value]) => {
    return (
      typeof fields === "object" &&
      fields !== null &&
      Object.hasOwn(fields, key) &&
      sameJson(fields[key] as Json, value)
    );
  });
}

/** A person's verb on the run. */
export type Verb =
  | { readonly type: "cancel"; readonly by: string; readonly reason?: string }
  | { readonly type: "pause"; readonly by: string; readonly reason?: string }
  | { readonly type: "resume"; readonly by: string }
  | { readonly type: "raise"; readonly by: string; readonly usd?: number; readonly tokens?: number }
  | { readonly type: "retry"; readonly by: string; readonly stage?: string }
  | { readonly type: "skip"; readonly by: string; readonly stage: string; readonly outputs?: JsonObject }
  | { readonly type: "rollback"; readonly by: string; readonly reason?: string };

/** What takes up a run that ended so: one that failed may be repaired, and whatever is not as it was meant may be undone. */
const REOPENED_BY: Partial<Record<RunStatus, readonly string[]>> = {
  failed: ["retry", "skip", "rollback"],
  cancelled: ["rollback"],
  rollbackFailed: ["rollback"],
};

/** May a run that ended so be taken up again by this verb? */
export function mayReopen(status: RunStatus, verb: string): boolean {
  return REOPENED_BY[status]?.includes(verb) === true;
}

/** What a person's verb comes to. A run that ended may be taken up again. */
export function verbCame(state: RunState, verb: Verb, context: Context): readonly Event[] | Refusal {
  const { now: at } = context;
  if (state.phase === "ended") return reopened(state, verb, at);
  if (state.phase !== "main") return { refused: "the run is already ending" };
  switch (verb.type) {
    case "cancel": {
      if (state.cancelled !== null) return { refused: "the run is being cancelled already" };
      const { by, reason } = verb;
      return [reason === undefined ? { type: "cancelRequested", at, by } : { type: "cancelRequested", at, by, reason }];
    }
    case "pause":
      if (state.paused !== null) return { refused: `the run is paused already: ${state.paused.reason}` };
      return [{ type: "runPaused", at, by: verb.by, reason: verb.reason ?? "asked for by a person" }];
    case "raise": {
      const { type: _, ...more } = verb;
      return [{ type: "budgetRaised", at, ...more }];
    }
    default: {
      if (state.paused === null && verb.type !== "rollback") return { refused: "the run is not paused" };
      return answered(
        [...state.stages.values()].filter(({ status }) => status === "held"),
        verb,
        at,
      );
    }
  }
}

function reopened(state: RunState, verb: Verb, at: number): readonly Event[] | Refusal {
  const { status = "succeeded" } = state.end ?? {};
  if (!mayReopen(status, verb.type)) return { refused: `the run is over: it ${status}` };
  const failures = (state.frame.root?.stages ?? []).filter(isFailure);
  if (failures.length === 0 && verb.type !== "rollback") return { refused: "no stage of it failed" };
  const events = answered(failures, verb as Answer, at);
  return "refused" in events ? events : [{ type: "runReopened", at, by: verb.by }, ...events];
}

type Answer = Extract<Verb, { type: "resume" | "retry" | "skip" | "rollback" }>;

/** A person's answer to the stages that are held, or were it not for the run's end. */
function answered(held: readonly StageState[], verb: Answer, at: number): readonly Event[] | Refusal {
  const { by } = verb;
  if (verb.type === "rollback") {
    const error = held[0]?.error ?? undefined;
    const reason = verb.reason ?? "asked for by a person";
    return [{ type: "rollbackStarted", at, by, reason, ...(error === undefined ? {} : { error }) }];
  }
  const wanted = "stage" in verb ? verb.stage : undefined;
  const chosen = wanted === undefined ? held : held.filter(({ path }) => path === wanted);
  if (wanted !== undefined && chosen.length === 0) {
    const paths = held.map(({ path }) => path).join(", ") || "none";
    return { refused: `stage ${wanted} is not one that failed and waits (${paths})` };
  }
  const events = chosen.map((stage) => (verb.type === "skip" ? skipped(stage, verb, at) : retried(stage, by, at)));
  return chosen.length === held.length ? [...events, { type: "runResumed", at, by }] : events;
}

function retried({ path }: StageState, by: string, at: number): Event {
  return { type: "stageRetried", at, stage: path, by };
}

function skipped({ path, error }: StageState, verb: Extract<Verb, { type: "skip" }>, at: number): Event {
  const { by, outputs = {} } = verb;
  return { type: "stageEnded", at, stage: path, outcome: "skipped", outputs, by, ...(error === null ? {} : { error }) };
}
