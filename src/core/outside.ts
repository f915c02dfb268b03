import { approvalOutputs, type Decision, settle } from "./approval.js";
import type { Context } from "./evaluate.js";
import type { Event } from "./event.js";
import type { Json, JsonObject } from "./json.js";
import { sameJson } from "./merge.js";
import { distinctFault } from "./policy.js";
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
  const decidersOf = (at: string) => (state.stages.get(at)?.decisions ?? []).map(({ by }) => by);
  const breach = distinctFault(state, stage, decision.by, decidersOf);
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

function agrees(match: JsonObject | undefined, data: Json): boolean {
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
  | { readonly type: "retry"; readonly by: string; readonly stage?: string }
  | { readonly type: "skip"; readonly by: string; readonly stage: string; readonly outputs?: JsonObject }
  | { readonly type: "rollback"; readonly by: string; readonly reason?: string };

/** What a person's verb comes to. */
export function verbCame(state: RunState, verb: Verb, context: Context): readonly Event[] | Refusal {
  const { now: at } = context;
  if (state.phase !== "main") return { refused: `the run is ${state.phase === "ended" ? "over" : "already ending"}` };
  switch (verb.type) {
    case "cancel": {
      if (state.cancelled !== null) return { refused: "the run is being cancelled already" };
      const { by, reason } = verb;
      return [reason === undefined ? { type: "cancelRequested", at, by } : { type: "cancelRequested", at, by, reason }];
    }
    case "pause":
      if (state.paused !== null) return { refused: `the run is paused already: ${state.paused.reason}` };
      return [{ type: "runPaused", at, by: verb.by, reason: verb.reason ?? "asked for by a person" }];
    case "resume":
    case "retry":
      return retry(state, verb.by, "stage" in verb ? verb.stage : undefined, at);
    case "skip":
      return skip(state, verb, at);
    case "rollback": {
      const error = firstHeld(state)?.error ?? undefined;
      const reason = verb.reason ?? "asked for by a person";
      return [{ type: "rollbackStarted", at, by: verb.by, reason, ...(error === undefined ? {} : { error }) }];
    }
  }
}

function firstHeld(state: RunState): StageState | undefined {
  for (const stage of state.stages.values()) if (stage.status === "held") return stage;
  return undefined;
}

function retry(state: RunState, by: string, path: string | undefined, at: number): readonly Event[] | Refusal {
  if (state.paused === null) return { refused: "the run is not paused" };
  const held = [...state.stages.values()].filter((stage) => stage.status === "held");
  const chosen = path === undefined ? held : held.filter((stage) => stage.path === path);
  if (path !== undefined && chosen.length === 0) return { refused: `stage ${path} is not held` };
  const events: Event[] = chosen.map((stage) => ({ type: "stageRetried", at, stage: stage.path, by }));
  if (chosen.length === held.length) events.push({ type: "runResumed", at, by });
  return events;
}

function skip(state: RunState, verb: Extract<Verb, { type: "skip" }>, at: number): readonly Event[] | Refusal {
  const held = [...state.stages.values()].filter((stage) => stage.status === "held");
  const stage = held.find((candidate) => candidate.path === verb.stage);
  if (stage === undefined) return { refused: `stage ${verb.stage} is not held` };
  const { by, outputs = {} } = verb;
  const error = stage.error === null ? {} : { error: stage.error };
  const events: Event[] = [{ type: "stageEnded", at, stage: stage.path, outcome: "skipped", outputs, by, ...error }];
  if (held.length === 1) events.push({ type: "runResumed", at, by });
  return events;
}
