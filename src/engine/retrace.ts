import { apply, fold } from "../core/apply.js";
import { attend } from "../core/attend.js";
import { conclude } from "../core/conclude.js";
import { type Difference, differences } from "../core/differences.js";
import type { Context } from "../core/evaluate.js";
import type { Event, Recorded, StagePath } from "../core/event.js";
import type { Json } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import { start } from "../core/start.js";
import type { RunState, StageState } from "../core/state.js";
import type { Host } from "./ports.js";
import { evaluateStage } from "./pure.js";

/** One thing that would be another today: `before` stands in the journal, `after` is what comes of it now. */
export interface Drift {
  /** The event's place in the journal. */
  readonly seq: number;
  /** Undefined: the end of the run. */
  readonly stage: StagePath | undefined;
  readonly differences: readonly Difference[];
}

export interface Retraced {
  readonly events: number;
  /** Those that were decided or computed again. */
  readonly repeated: number;
  readonly drifts: readonly Drift[];
}

type Parts = Pick<Host, "registry" | "validate">;

/** Failures that come of a time rather than of a step. */
const TIMED = new Set(["timeout", "run-timeout"]);
const STARTABLE: ReadonlySet<StageState["status"]> = new Set(["ready", "queued", "retrying"]);

/**
 * Folds a journal and takes every pure step of it again: conditions, inputs, pure stages, the ends of groups, loops and the
 * run. What the world answered is taken as recorded, and nothing is performed.
 */
export async function retrace(plan: Plan, recorded: readonly Recorded[], parts: Parts): Promise<Retraced> {
  const [first, ...rest] = recorded;
  const state = fold(plan, first === undefined ? [] : [first.event]);
  const drifts: Drift[] = [];
  let repeated = 0;
  /** What one decision still has to say. */
  let owed: readonly Event[] = [];
  for (const { seq, event } of rest) {
    const expected = owed.length > 0 ? owed : await expectedOf(state, event, parts);
    owed = expected.slice(1);
    const [now] = expected;
    if (now !== undefined) {
      repeated += 1;
      const found = differences(timeless(event), timeless(now));
      if (found.length > 0) drifts.push({ seq, stage: "stage" in event ? event.stage : undefined, differences: found });
    }
    apply(state, event);
  }
  return { events: recorded.length, repeated, drifts };
}

/** What is decided now in place of the event; nothing where it came from outside, from a person or from the clock. */
async function expectedOf(state: RunState, event: Event, parts: Parts): Promise<readonly Event[]> {
  const context = contextOf(state, event, parts);
  if (event.type === "runEnding" || event.type === "runEnded") {
    if (event.error !== undefined && TIMED.has(event.error.code)) return [];
    const command = conclude(state, context);
    return command?.kind === "record" ? command.events : [];
  }
  const stage = "stage" in event && event.stage !== undefined ? state.stages.get(event.stage) : undefined;
  if (stage === undefined || isFromOutside(event)) return [];
  if (stage.status === "open") return attend(state, stage, context);
  if (!STARTABLE.has(stage.status)) return [];
  const asked = start(state, stage, context);
  // It got what it had to wait for, or it would not have gone on.
  const admitted = { ...context, admitted: new Set([stage.path]) };
  const command = asked.kind === "admit" ? start(state, stage, admitted) : asked;
  switch (command.kind) {
    case "record":
      return command.events;
    case "perform":
      return [command.started];
    case "evaluate": {
      const facts = evaluateStage(parts, state, stage, command.input, context);
      return facts instanceof Promise ? (await facts)(context) : facts;
    }
    default:
      return [];
  }
}

function isFromOutside(event: Event): boolean {
  switch (event.type) {
    case "scopeOpened":
    case "stageStarted":
    case "stageWaiting":
    case "iterationOpened":
    case "finallyOpened":
      return false;
    case "stageEnded":
    case "stageClosing":
    case "attemptFailed":
      return (
        ("by" in event && event.by !== undefined) ||
        ("outcome" in event && event.outcome === "cancelled") ||
        (event.error !== undefined && TIMED.has(event.error.code))
      );
    default:
      return true;
  }
}

/** As it was then. Secrets are what the journal has of them. */
function contextOf(state: RunState, event: Event, { validate }: Parts): Context {
  const path = "stage" in event && event.stage !== undefined ? event.stage : undefined;
  const stage = path === undefined ? undefined : state.stages.get(path);
  const names = (stage?.scope.frame ?? state.frame).workflow.secrets;
  return {
    now: event.at,
    validate,
    secrets: Object.fromEntries(names.map((name) => [name, "***"])),
  };
}

/** Times are not compared; those that were computed, such as the next try, are. */
function timeless({ at: _at, ...event }: Event): Json {
  return JSON.parse(JSON.stringify(event)) as Json;
}
