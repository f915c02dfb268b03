import type { Edge, Graph, Need, StagePlan } from "./plan.js";

/** What a graph says, the other way round. */
export interface GraphIndex {
  /**
   * Edges that leave stage `s` have the places from `first[s]` up to `first[s + 1]` in three lists, which are flat because
   * graphs are large: the stage each goes to, which entry of its `needs` it belongs to, and which edge of that entry it is.
   */
  readonly first: Int32Array;
  readonly targets: Int32Array;
  readonly needs: Int32Array;
  readonly edges: Int32Array;
}

/** Made when first asked for, and kept beside the graph. */
export const indexOf = keptFor(index);
/** The place of each stage by its id. */
export const placesOf = keptFor(({ stages }) => new Map(stages.map(({ id }, at) => [id, at])));

function keptFor<T extends object>(make: (graph: Graph) => T): (graph: Graph) => T {
  const made = new WeakMap<Graph, T>();
  return (graph) => {
    const known = made.get(graph);
    if (known !== undefined) return known;
    const one = make(graph);
    made.set(graph, one);
    return one;
  };
}

/** Counted first, so that each place is known when it is filled: in the order of the stages that the edges go to. */
function index({ stages }: Graph): GraphIndex {
  const first = new Int32Array(stages.length + 1);
  eachEdge(stages, (from) => {
    first[from + 1] = (first[from + 1] as number) + 1;
  });
  for (let at = 0; at < stages.length; at++) first[at + 1] = (first[at + 1] as number) + (first[at] as number);
  const next = first.slice();
  const count = first[stages.length] as number;
  const [targets, needs, edges] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  eachEdge(stages, (from, target, need, edge) => {
    const place = next[from] as number;
    next[from] = place + 1;
    targets[place] = target;
    needs[place] = need;
    edges[place] = edge;
  });
  return { first, targets, needs, edges };
}

function eachEdge(
  stages: readonly StagePlan[],
  meet: (from: number, target: number, need: number, edge: number) => void,
): void {
  for (let target = 0; target < stages.length; target++) {
    const { needs } = stages[target] as StagePlan;
    for (let need = 0; need < needs.length; need++) {
      const { edges } = needs[need] as Need;
      for (let edge = 0; edge < edges.length; edge++) meet((edges[edge] as Edge).stage, target, need, edge);
    }
  }
}

/** Does an edge that names `wanted` hold, now that its stage ended with `outcome`? */
export function edgeHolds(wanted: string | null, outcome: string): boolean {
  if (wanted === null) return outcome === "succeeded" || outcome === "skipped";
  return wanted === "done" ? outcome !== "omitted" : wanted === outcome;
}

/** Does some edge follow this end? If not, a failure or rejection is unhandled. */
export function isHandled(plan: StagePlan, outcome: string): boolean {
  return plan.handled.includes(outcome) || plan.handled.includes("done");
}
