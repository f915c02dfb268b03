import { certainStages } from "./certain.js";
import { maySkip } from "./endings.js";
import { type Layers, layersOf } from "./layers.js";
import type { EdgeNode, GraphNode, Model, StageNode } from "./model.js";
import { createPaths } from "./paths.js";

/**
 * What is known of the order of stages before any run. All questions are asked about one graph; `visible` and the
 * callers climb from a graph to the one around it.
 */
export interface Order {
  /** The stage an expression in `from` means by `id`: in its own graph or one around it. */
  visible(id: string, from: GraphNode): StageNode | undefined;
  /** `other` always starts after `stage` was decided, or never: it is reached through `needs`. */
  before(stage: StageNode, other: StageNode): boolean;
  /** Whenever `other` runs, `stage` did its work: its outputs are there. */
  ensures(other: StageNode, stage: StageNode): boolean;
  /** Whenever `other` runs, `stage` has ended, in whatever way. */
  ended(other: StageNode, stage: StageNode): boolean;
  /** Whenever `other` runs, `stage` has failed. */
  fails(other: StageNode, stage: StageNode): boolean;
  /** Whenever the graph ends well, `stage` did its work. */
  certain(stage: StageNode): boolean;
  /** Its stages, each after all it needs where that can be. */
  sorted(graph: GraphNode): readonly StageNode[];
  /** Some of its stages wait for each other: nothing else can be said of its order. */
  tangled(graph: GraphNode): boolean;
  /** It, or what it follows, needs a stage that is not there: nothing can be said of what it is sure of. */
  loose(stage: StageNode): boolean;
}

/** The graph around a graph: a group's, or for `finally` the run's own. */
export function around(graph: GraphNode, model: Model): GraphNode | undefined {
  if (graph.owner !== undefined) return graph.owner.graph;
  return graph.role === "finally" ? model.main : undefined;
}

export function createOrder(model: Model): Order {
  const layers = new Map<GraphNode, Layers>();
  const certain = new Map<GraphNode, ReadonlySet<StageNode>>();
  const loose = new Map<GraphNode, ReadonlySet<StageNode>>();

  function layersIn(graph: GraphNode): Layers {
    const known = layers.get(graph) ?? layersOf(graph);
    layers.set(graph, known);
    return known;
  }

  function levelOf(stage: StageNode): number {
    return layersIn(stage.graph).level[stage.index] as number;
  }

  function isCertain(stage: StageNode): boolean {
    const known = certain.get(stage.graph) ?? certainStages(stage.graph, layersIn(stage.graph).sorted);
    certain.set(stage.graph, known);
    return known.has(stage);
  }

  const { before, always } = createPaths(levelOf, (graph) => layersIn(graph).sorted);

  return {
    visible: (id, from) => {
      for (let graph: GraphNode | undefined = from; graph !== undefined; graph = around(graph, model)) {
        const stage = graph.byId.get(id);
        if (stage !== undefined) return stage;
      }
      return undefined;
    },
    before,
    ensures: (other, stage) => always(other, stage, (edge) => didItsWork(edge)),
    ended: (other, stage) =>
      always(
        other,
        stage,
        () => true,
        // All of its edges are decided, whichever of them holds.
        ({ mode, edges }) => mode === "settled" && edges.some((edge) => edge.stage === stage),
      ),
    fails: (other, stage) => always(other, stage, ({ outcome }) => outcome === "failed"),
    certain: isCertain,
    sorted: (graph) => {
      const { sorted } = layersIn(graph);
      if (sorted.length === graph.stages.length) return sorted;
      const first = new Set(sorted);
      return [...sorted, ...graph.stages.filter((stage) => !first.has(stage))];
    },
    tangled: (graph) => layersIn(graph).sorted.length < graph.stages.length,
    loose: (stage) => {
      const known = loose.get(stage.graph) ?? looseStages(layersIn(stage.graph).sorted);
      loose.set(stage.graph, known);
      return known.has(stage);
    },
  };
}

function looseStages(sorted: readonly StageNode[]): ReadonlySet<StageNode> {
  const loose = new Set<StageNode>();
  for (const stage of sorted) {
    const hangs = (edge: EdgeNode) => edge.stage === undefined || edge.isGuess || loose.has(edge.stage);
    if (stage.needs.some(({ edges }) => edges.some(hangs))) loose.add(stage);
  }
  return loose;
}

/** The edge holds only if its stage has outputs. */
function didItsWork({ stage, outcome }: EdgeNode): boolean {
  if (stage === undefined) return false;
  // Of an unknown type nothing is known of its outcomes either.
  if (stage.type === undefined) return true;
  if (outcome === null) return !maySkip(stage);
  if (outcome === "skipped") return skipsWithOutputs(stage);
  return stage.outcomes.includes(outcome);
}

function skipsWithOutputs(stage: StageNode): boolean {
  return stage.raw["if"] === undefined && Array.isArray(stage.raw["onError"]) && !maySkip(stage);
}
