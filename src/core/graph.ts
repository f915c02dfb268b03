import type { Graph, Need, StagePlan } from "./plan.js";

/** The same edge as in `needs`, seen from where it leaves. */
export interface OutEdge {
  readonly target: number;
  /** Which entry of the target's `needs`. */
  readonly need: number;
  readonly outcome: string | null;
}

/** What a graph says, the other way round. Derived once per graph and kept beside it. */
export interface GraphIndex {
  readonly out: readonly (readonly OutEdge[])[];
  readonly ids: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<Graph, GraphIndex>();

export function indexOf(graph: Graph): GraphIndex {
  let index = indexes.get(graph);
  if (index === undefined) {
    const out: OutEdge[][] = graph.stages.map(() => []);
    const ids = new Map<string, number>();
    for (const { id, index: target, needs } of graph.stages) {
      ids.set(id, target);
      for (let need = 0; need < needs.length; need++) {
        for (const { stage, outcome } of (needs[need] as Need).edges) out[stage]?.push({ target, need, outcome });
      }
    }
    index = { out, ids };
    indexes.set(graph, index);
  }
  return index;
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
