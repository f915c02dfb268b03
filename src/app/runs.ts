import { setTimeout } from "node:timers/promises";
import { fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import type { Event, ParentStage } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import { type Notable, notableOf } from "../core/notable.js";
import { mayReopen, type Verb, verbCame } from "../core/outside.js";
import type { Plan } from "../core/plan.js";
import { viewInput } from "../core/stage-input.js";
import type { RunState } from "../core/state.js";
import { type StageView, viewStages } from "../core/view.js";
import type { InboxBody, Listener, RunRow, Store, StoredDefinition, UsedResources } from "../engine/ports.js";
import { redactionsOf } from "../engine/redacted-run.js";
import { loadState } from "../engine/snapshots.js";
import { processOwner } from "../store/owner.js";

/** A run and its stages, in the order in which they came to be known. */
export interface RunView {
  readonly run: RunRow;
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly state: JsonObject;
  readonly stages: readonly StageView[];
  /** What befell it out of the ordinary. */
  readonly notable: readonly Notable[];
  /** It could go on, and the process that drove it has died. */
  readonly isInterrupted: boolean;
  /** The stage that started it and did not wait for it. */
  readonly parent: ParentStage | null;
  /** What processes used for it; undefined where it was not measured. */
  readonly used?: UsedResources | undefined;
}

const ENDED: readonly RunRow["status"][] = ["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"];

/** How often a run that another process drives is looked at: milliseconds. */
const FOLLOW_MS = 200;

export function isEnded(run: RunRow): boolean {
  return ENDED.includes(run.status);
}

/** By id, unique prefix, or `last`. @throws StagecraftError `unknown-run`, `ambiguous-run` */
export async function findRun(store: Store, wanted: string): Promise<RunRow> {
  if (wanted === "last") {
    const [newest] = await store.listRuns({ limit: 1 });
    if (newest !== undefined) return newest;
    throw new StagecraftError("unknown-run", "there are no runs yet", { help: "stagecraft run <definition>" });
  }
  const exact = await store.getRun(wanted);
  if (exact !== undefined) return exact;
  const rows = wanted === "" ? [] : await store.listRuns({ idPrefix: wanted, limit: 5 });
  const [row] = rows;
  if (row === undefined) {
    throw new StagecraftError("unknown-run", `there is no run ${wanted}`, { help: "stagecraft runs ls" });
  }
  if (rows.length > 1) {
    const ids = rows.map(({ id }) => id).join(", ");
    throw new StagecraftError("ambiguous-run", `${wanted} may be ${ids}`, { help: "type more of the id" });
  }
  return row;
}

export async function viewRun(store: Store, id: string): Promise<RunView> {
  const run = await findRun(store, id);
  const { plan, events } = await historyOf(store, run);
  const state = fold(plan, events);
  const [used] = await store.resources({ run: run.id });
  return {
    run,
    used,
    plan,
    notable: notableOf(plan, events),
    isInterrupted: isInterrupted(run),
    inputs: state.frame.inputs,
    parent: state.parent,
    state: { ...state.frame.values },
    stages: viewStages(state),
  };
}

/** @throws StagecraftError `unknown-stage` */
export async function stageInput(store: Store, id: string, path: string): Promise<JsonObject | undefined> {
  const run = await findRun(store, id);
  const { plan, stages } = await stateOf(store, run);
  if (!stages.has(path)) throw new StagecraftError("unknown-stage", `run ${run.id} has no stage ${path}`);
  const redactions = await redactionsOf(store, plan, run.id);
  const recorded = await store.readEvents(run.id);
  const events = recorded.map(({ event }) => redactions?.open(event) ?? event);
  const input = viewInput(plan, events, path);
  return input === undefined || redactions === undefined ? input : redactions.keepValue(input);
}

/** Posts a request to a run. What the run as it is would refuse is refused here, with the reason. */
export async function sendTo(store: Store, id: string, body: InboxBody, now: number): Promise<void> {
  const run = await findRun(store, id);
  await refuseErased(store, run.id);
  if (isEnded(run) && !mayReopen(run.status, body.type)) {
    throw new StagecraftError("run-finished", `run ${run.id} is over: it ${run.status}`, {
      help: `stagecraft runs show ${run.id}`,
    });
  }
  if (body.type !== "decision" && body.type !== "event") {
    const state = await stateOf(store, run);
    const outcome = verbCame(state, body as Verb, { now, validate: () => undefined, secrets: {} });
    if ("refused" in outcome) {
      throw new StagecraftError("not-possible", `cannot ${body.type} run ${run.id}: ${outcome.refused}`, {
        help: `stagecraft runs show ${run.id}`,
      });
    }
  }
  await store.post(run.id, body, now);
}

/** How a run is followed. */
export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  readonly listener?: Listener | undefined;
  /** The seq after which the listener wants events; without it, those that come from now on. */
  readonly after?: number | undefined;
  /** Also through waiting, pauses and times when nobody drives it: until it ends. */
  readonly untilEnded?: boolean | undefined;
}

/** @throws StagecraftError `run-erased`: what it would go on with is gone */
export async function refuseErased(store: Store, run: string): Promise<void> {
  const entries = await store.readAudit({ run });
  if (!entries.some(({ action }) => action === "erased")) return;
  throw new StagecraftError("run-erased", `the data of run ${run} was erased`, {
    help: `stagecraft audit ls --run ${run}`,
  });
}

/** Follows a run that another process drives until it ends, waits, is paused, or nobody drives it any more. */
export async function followRun(store: Store, id: string, options: FollowOptions): Promise<RunRow> {
  let seen = options.after ?? (await findRun(store, id)).headSeq;
  for (;;) {
    const row = await findRun(store, id);
    if (row.headSeq > seen) {
      options.listener?.(id, await store.readEvents(id, seen, row.headSeq - seen));
      seen = row.headSeq;
    }
    const isResting = row.owner === null || row.status === "waiting" || row.status === "paused";
    if (isEnded(row) || (isResting && !options.untilEnded) || options.signal?.aborted) return row;
    await setTimeout(FOLLOW_MS, undefined, { signal: options.signal }).catch(() => {});
  }
}

function isInterrupted({ status, owner }: RunRow): boolean {
  return (status === "running" || status === "rollingBack") && (owner === null || processOwner().isDead(owner));
}

/**
 * The run folded from its journal, redacted values as they are: to judge by, not to show.
 * @throws StagecraftError `definition-lost`
 */
export async function stateOf(store: Store, run: RunRow): Promise<RunState> {
  const definition = await definitionOf(store, run);
  const redactions = await redactionsOf(store, definition.plan, run.id);
  return (await loadState(store, run.id, definition, run.headSeq, redactions?.open)).state;
}

/** What a run was started with, redacted values as they are. @throws what `findRun` throws */
export async function givenTo(store: Store, id: string): Promise<{ readonly plan: Plan; readonly inputs: JsonObject }> {
  const { plan, frame } = await stateOf(store, await findRun(store, id));
  return { plan, inputs: frame.inputs };
}

async function historyOf(store: Store, run: RunRow): Promise<{ plan: Plan; events: readonly Event[] }> {
  const { plan } = await definitionOf(store, run);
  const recorded = await store.readEvents(run.id);
  return { plan, events: recorded.map(({ event }) => event) };
}

async function definitionOf(store: Store, run: RunRow): Promise<StoredDefinition> {
  const definition = await store.getDefinition(run.definition);
  if (definition !== undefined) return definition;
  const message = `the plan of run ${run.id} is not in the database`;
  throw new StagecraftError("definition-lost", message, { kind: "environment" });
}
