import { apply, fold } from "./apply.js";
import { StagecraftError } from "./errors.js";
import type { Context } from "./evaluate.js";
import type { Event } from "./event.js";
import type { Json } from "./json.js";
import { sameJson } from "./merge.js";
import { COMMON_OUTCOMES, type Graph, type Plan, type StagePlan, type WorkflowPlan } from "./plan.js";
import { policyFault } from "./policy.js";
import type { RunState, StageState } from "./state.js";

/** How a stage of the definition differs, and what comes of it for the run. */
export interface StageChange {
  /** Its address: ids from the workflow's own graph on, without items and iterations. */
  readonly stage: string;
  readonly change: "added" | "removed" | "changed";
  /** The words of the stage that differ. */
  readonly words: readonly string[];
  /** What will happen to it, as part of a sentence. */
  readonly outlook: string;
}

/** What moving a run to another definition comes to. */
export interface Migration {
  readonly changes: readonly StageChange[];
  /** The words of the workflow itself that differ, such as `outputs`. */
  readonly words: readonly string[];
  /** Why it cannot be, one sentence each; none: it can. */
  readonly refusals: readonly string[];
}

/** A stage of a plan, with the ids its `needs` stand for. */
interface Placed {
  readonly plan: StagePlan;
  readonly graph: Graph;
}

/** Words that say where a stage stands in the file or that follow from other stages, and are compared through those. */
const DERIVED = new Set(["index", "graph", "handled"]);
const OVER =
  "the run is over: what is new holds for runs started from now on; retry and fork go by the definition it has";
const UNCOMPARED = new Set(["graph", "finally", "id", "agents", "rulesets"]);

/**
 * Can the run go on by `plan`? It can when its journal is also a history of that plan: nothing that has begun is missing or
 * of another kind there, and everything that has begun could have. What has ended stays as it ended.
 */
export function planMigration(state: RunState, events: readonly Event[], plan: Plan, context: Context): Migration {
  const before = stagesOf(state.plan);
  const after = stagesOf(plan);
  const begun = begunIn(state);
  const structural = [...refusalsOfRun(state, plan), ...[...begun].flatMap((one) => refusalsOf(one, after))];
  return {
    changes: changesOf(before, after, begun),
    words: wordsThatDiffer(state.plan.workflow, plan.workflow, UNCOMPARED),
    refusals: structural.length > 0 ? structural : refusalsOfHistory(events, plan, after, context),
  };
}

function refusalsOfRun({ plan: { workflow }, phase }: RunState, plan: Plan): readonly string[] {
  const refusals: string[] = [];
  if (plan.workflow.id !== workflow.id) {
    refusals.push(`the run is one of ${workflow.id}, and the definition is ${plan.workflow.id}`);
  }
  if (phase !== "main") refusals.push(phase === "ended" ? OVER : "the run is already ending");
  return refusals;
}

type Begun = readonly [address: string, instances: readonly StageState[]];

/** The instances of every stage that is more than pending. */
function begunIn(state: RunState): ReadonlyMap<string, readonly StageState[]> {
  const begun = new Map<string, StageState[]>();
  for (const stage of state.stages.values()) {
    if (stage.status === "pending" || (stage.status === "ready" && stage.attempts === 0)) continue;
    const address = addressOf(stage.path);
    begun.set(address, [...(begun.get(address) ?? []), stage]);
  }
  return begun;
}

function refusalsOf([address, instances]: Begun, after: ReadonlyMap<string, Placed>): readonly string[] {
  const [first] = instances;
  const now = after.get(address)?.plan;
  if (first === undefined) return [];
  const was = first.plan;
  const standing = standingOf(instances);
  if (now === undefined) return [`${address} ${standing}, and the new definition has no such stage`];
  const [kind, newKind] = [shapeOf(was), shapeOf(now)];
  if (kind !== newKind) return [`${address} ${standing} as ${kind}; in the new definition it is ${newKind}`];
  const possible = new Set<string>([...now.outcomes, ...COMMON_OUTCOMES]);
  const lost = instances.find(({ outcome, role }) => role === "body" && outcome !== null && !possible.has(outcome));
  if (lost === undefined) return [];
  return [`${address} ended ${lost.outcome}, which it cannot in the new definition (${now.outcomes.join(", ")})`];
}

/** Everything that has begun must have been free to begin, by the new edges and the new policies. */
function refusalsOfHistory(
  events: readonly Event[],
  plan: Plan,
  after: ReadonlyMap<string, Placed>,
  context: Context,
): readonly string[] {
  const [first, ...rest] = events;
  const state = fold(plan, first === undefined ? [] : [first]);
  const faults = new Map<string, string>();
  for (const event of rest) {
    const path = "stage" in event ? event.stage : undefined;
    const isBeginning = path !== undefined && BEGINNINGS.has(event.type);
    const stage = path === undefined ? undefined : state.stages.get(path);
    if (isBeginning && stage !== undefined) {
      const fault = policyFault(state, stage, { ...context, now: event.at });
      if (fault !== undefined) faults.set(stage.path, `${stage.path} has begun already: ${fault.message}`);
    }
    try {
      apply(state, event);
    } catch (error) {
      if (!(error instanceof StagecraftError)) throw error;
      const where = path === undefined ? "the run" : path;
      const needs = path === undefined ? "" : needsText(after.get(addressOf(path)));
      return [...faults.values(), `${where} has gone further than the new definition would have let it${needs}`];
    }
  }
  return [...faults.values(), ...strandedIn(state)];
}

/** Stages that would still have to run inside of what has ended. */
function strandedIn(state: RunState): readonly string[] {
  const stranded = [...state.stages.values()].filter(({ status, parent, scope }) => {
    const around = parent ?? scope.owner;
    return status !== "ended" && around?.status === "ended";
  });
  return stranded.map(({ path, parent, scope }) => {
    const around = parent ?? scope.owner;
    return `${around?.path} has ended ${around?.outcome}, and the new definition has ${path} inside of it`;
  });
}

const BEGINNINGS: ReadonlySet<Event["type"]> = new Set(["stageStarted", "stageWaiting", "scopeOpened"]);

function needsText(placed: Placed | undefined): string {
  if (placed === undefined) return "";
  const needs = needsOf(placed).flatMap(({ edges }) => edges.map(({ stage, outcome }) => edgeText(stage, outcome)));
  return needs.length === 0 ? "" : `: there it needs ${needs.join(", ")}`;
}

function edgeText(stage: string | undefined, outcome: string | null): string {
  return outcome === null ? `${stage}` : `${stage}.${outcome}`;
}

function changesOf(
  before: ReadonlyMap<string, Placed>,
  after: ReadonlyMap<string, Placed>,
  begun: ReadonlyMap<string, readonly StageState[]>,
): readonly StageChange[] {
  const changes: StageChange[] = [];
  for (const [stage, was] of before) {
    const now = after.get(stage);
    if (now === undefined) changes.push({ stage, change: "removed", words: [], outlook: "will not run" });
    if (now === undefined) continue;
    const words = wordsOf(was, now);
    if (words.length > 0)
      changes.push({ stage, change: "changed", words, outlook: outlookOf(begun.get(stage), words) });
  }
  for (const stage of after.keys()) {
    if (before.has(stage)) continue;
    changes.push({ stage, change: "added", words: [], outlook: "runs once what it needs has ended" });
  }
  return changes;
}

function outlookOf(instances: readonly StageState[] | undefined, words: readonly string[]): string {
  if (instances === undefined) return "will run as it now says";
  if (instances.some(({ status }) => status === "waiting")) return "goes on waiting as it was asked";
  if (instances.some(({ status }) => status !== "ended")) return "is tried again, or goes on, as it now says";
  const undo = words.includes("compensate") ? "; undone as it now says" : "";
  return `stays as it ended${undo}`;
}

function standingOf(instances: readonly StageState[]): string {
  const open = instances.find(({ status }) => status !== "ended");
  if (open !== undefined) return open.status === "waiting" ? "is waiting" : "is under way";
  return `has ended ${instances[0]?.outcome}`;
}

/** What the engine does with a stage; nothing else of it must stay as it was. */
function shapeOf({ kind, forEach, repeat, calls }: StagePlan): string {
  const what =
    kind === "workflow" ? `a call of ${calls}` : kind === "effect" || kind === "end" ? `an ${kind}` : `a ${kind}`;
  if (forEach !== undefined) return `${what} for each item`;
  return repeat === undefined ? what : `${what}, repeated`;
}

/** Every stage of the plan by its address, those of groups and called workflows too. */
function stagesOf({ workflow, called }: Plan): ReadonlyMap<string, Placed> {
  const stages = new Map<string, Placed>();
  const addGraph = (graph: Graph | undefined, prefix: string): void => {
    for (const plan of graph?.stages ?? []) {
      const address = `${prefix}${plan.id}`;
      stages.set(address, { plan, graph: graph as Graph });
      addGraph(plan.graph, `${address}/`);
      const inner = plan.calls === undefined ? undefined : called[plan.calls];
      if (inner !== undefined) addWorkflow(inner, `${address}/`);
    }
  };
  const addWorkflow = ({ graph, finally: last }: WorkflowPlan, prefix: string): void => {
    addGraph(graph, prefix);
    addGraph(last, `${prefix}finally/`);
  };
  addWorkflow(workflow, "");
  return stages;
}

function wordsOf(was: Placed, now: Placed): readonly string[] {
  const seen = (placed: Placed) => ({ ...placed.plan, needs: needsOf(placed) });
  return wordsThatDiffer(seen(was), seen(now), DERIVED);
}

/** `needs` by ids: the places of stages shift when one is put between them. */
function needsOf({ plan, graph }: Placed) {
  return plan.needs.map((need) => ({
    ...need,
    edges: need.edges.map(({ stage, outcome }) => ({ stage: graph.stages[stage]?.id, outcome })),
  }));
}

function wordsThatDiffer(was: object, now: object, leftOut: ReadonlySet<string>): readonly string[] {
  const [a, b] = [new Map(Object.entries(was)), new Map(Object.entries(now))];
  const words = new Set([...a.keys(), ...b.keys()]);
  return [...words].filter((word) => !leftOut.has(word) && !isSame(a.get(word), b.get(word)));
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

/** Without items, iterations and tries: `checks~2/rows[3]` is `checks/rows`. */
function addressOf(path: string): string {
  return path.replace(/\[\d+\]|[#~]\d+/g, "");
}
