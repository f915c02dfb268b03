import { isHandled } from "../../core/graph.js";
import type { Edge, Graph, StagePlan, WorkflowPlan } from "../../core/plan.js";
import type { Path } from "../findings.js";

/**
 * A stage with its place in the whole of what a run may do: groups and called workflows opened up, loops seen as one
 * round of them.
 */
export interface Spot {
  /** Ids from the run's own graph on, as in the paths of a run without items and iterations: `checks/gate`. */
  readonly address: string;
  readonly plan: StagePlan;
  /** Place among all spots, in file order. */
  readonly order: number;
  /** The group or calling stage around it. */
  readonly owner: Spot | undefined;
  readonly workflow: WorkflowPlan;
  /** Where it is written; for a stage of a called workflow, the stage that calls. */
  readonly path: Path;
  /** Stages it can name: those of its graph, by id. */
  readonly beside: ReadonlyMap<string, Spot>;
  readonly needs: readonly SpotNeed[];
  /** Directly inside, each after all it needs. */
  readonly inner: readonly Spot[];
  /** Runs any number of times, none included: nothing follows for what is inside from how it ends. */
  readonly isMany: boolean;
  /** Ways to end once it has begun. */
  readonly ends: readonly string[];
  /** May be cancelled while the rest of its graph goes on. */
  readonly isCancellable: boolean;
}

export interface SpotNeed {
  readonly mode: "all" | "anyOf" | "settled";
  readonly count: number;
  readonly edges: readonly SpotEdge[];
}

export interface SpotEdge {
  readonly spot: Spot;
  readonly outcome: string | null;
}

export interface Space {
  readonly spots: readonly Spot[];
  readonly byAddress: ReadonlyMap<string, Spot>;
  /** The run's own graphs, each stage after all it needs. */
  readonly roots: readonly Spot[];
  /** Every spot after all it needs, and after the one it is inside of. */
  readonly forward: readonly Spot[];
  /** Every spot before all it needs, and before all that is inside it. */
  readonly backward: readonly Spot[];
}

/** Called workflows are opened up to so many spots in all; beyond, a call is taken for one stage. */
const MOST_SPOTS = 20_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** All of a workflow, with what it calls. */
export function spaceOf(workflow: WorkflowPlan, called: Readonly<Record<string, WorkflowPlan>>): Space {
  const spots: Spot[] = [];

  function open(graph: Graph, of: WorkflowPlan, prefix: string, path: Path, isOwn: boolean, owner?: Spot): Spot[] {
    const beside = new Map<string, Spot>();
    const cancellable = cancellableStages(graph, of);
    const list = graph.stages.map((plan) => {
      const spot: Writable<Spot> = {
        address: `${prefix}${plan.id}`,
        plan,
        order: spots.length,
        owner,
        workflow: of,
        path: isOwn ? [...path, plan.id] : path,
        beside,
        needs: [],
        inner: [],
        isMany: plan.forEach !== undefined || plan.repeat !== undefined,
        ends: endsOf(plan),
        isCancellable: cancellable.has(plan.index),
      };
      spots.push(spot);
      beside.set(plan.id, spot);
      spot.inner = inside(spot, isOwn);
      return spot;
    });
    const edge = ({ stage, outcome }: Edge): SpotEdge => ({ spot: list[stage] as Spot, outcome });
    for (const spot of list) {
      spot.needs = spot.plan.needs.map(({ mode, count, edges }) => ({ mode, count, edges: edges.map(edge) }));
    }
    return sorted(list);
  }

  function inside(spot: Spot, isOwn: boolean): Spot[] {
    const { plan, address, path } = spot;
    if (plan.graph !== undefined) {
      return open(plan.graph, spot.workflow, `${address}/`, [...path, "stages"], isOwn, spot);
    }
    const other = plan.calls !== undefined && Object.hasOwn(called, plan.calls) ? called[plan.calls] : undefined;
    if (other === undefined || spots.length > MOST_SPOTS) return [];
    const main = open(other.graph, other, `${address}/`, path, false, spot);
    return other.finally === undefined
      ? main
      : [...main, ...open(other.finally, other, `${address}/finally/`, path, false, spot)];
  }

  const roots = open(workflow.graph, workflow, "", ["stages"], true);
  if (workflow.finally !== undefined) roots.push(...open(workflow.finally, workflow, "finally/", ["finally"], true));
  const byAddress = new Map(spots.map((spot) => [spot.address, spot]));
  return { spots, byAddress, roots, forward: forwardOf(roots), backward: backwardOf(roots) };
}

/** Outcomes by which the edge holds. */
export function holding({ spot, outcome }: SpotEdge): readonly string[] {
  if (outcome === null) return ["succeeded", "skipped"];
  return outcome === "done" ? [...spot.ends, "cancelled"] : [outcome];
}

/** Does nobody mind that the stage ended so? What it stands in can then still succeed. */
export function isGood({ plan }: Spot, outcome: string): boolean {
  if (outcome !== "failed" && !isRefusal(plan, outcome)) return true;
  return isHandled(plan, outcome);
}

function isRefusal({ kind, outcomes }: StagePlan, outcome: string): boolean {
  return kind === "wait" && outcomes.includes("approved") && outcome !== "approved" && outcomes.includes(outcome);
}

/** A failure rule without conditions comes before any other end of a failure. */
export function endsOf({ outcomes, if: condition, onError, delivery }: StagePlan): readonly string[] {
  const [first] = onError;
  const alwaysSkips = first?.do === "skip" && first.errors === undefined && first.if === undefined;
  // Of a stage that is held, a person may say that it is to be skipped.
  const mayHold = delivery === "atMostOnce" || onError.some((rule) => rule.do === "pause");
  const skips = condition !== undefined || mayHold || onError.some((rule) => rule.do === "skip");
  const fallible = alwaysSkips && first.outputs === undefined ? [] : ["failed"];
  return [...outcomes, ...(skips ? ["skipped"] : []), ...fallible];
}

function cancellableStages(graph: Graph, { failFast }: WorkflowPlan): ReadonlySet<number> {
  if (failFast) return new Set(graph.stages.keys());
  const listed = new Set<number>();
  for (const { needs } of graph.stages) {
    for (const { rest, edges } of needs) if (rest === "cancel") for (const { stage } of edges) listed.add(stage);
  }
  return listed;
}

/** `list` is all stages of a graph, each at its index. */
function sorted(list: readonly Spot[]): Spot[] {
  const followers: Spot[][] = list.map(() => []);
  const waiting = list.map((spot) => {
    let edges = 0;
    for (const need of spot.needs) {
      edges += need.edges.length;
      for (const edge of need.edges) (followers[edge.spot.plan.index] as Spot[]).push(spot);
    }
    return edges;
  });
  const order = list.filter((_, index) => waiting[index] === 0);
  for (const spot of order) {
    for (const follower of followers[spot.plan.index] as Spot[]) {
      const { index } = follower.plan;
      waiting[index] = (waiting[index] as number) - 1;
      if (waiting[index] === 0) order.push(follower);
    }
  }
  return order;
}

function forwardOf(list: readonly Spot[], into: Spot[] = []): Spot[] {
  for (const spot of list) {
    into.push(spot);
    forwardOf(spot.inner, into);
  }
  return into;
}

function backwardOf(list: readonly Spot[], into: Spot[] = []): Spot[] {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const spot = list[at] as Spot;
    into.push(spot);
    backwardOf(spot.inner, into);
  }
  return into;
}
