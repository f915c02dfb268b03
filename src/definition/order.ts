import { certainStages } from "./certain.js";
import { maySkip } from "./endings.js";
import { type Layers, layersOf } from "./layers.js";
import type { EdgeNode, GraphNode, Model, NeedNode, StageNode } from "./model.js";

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
}

/** The graph around a graph: a group's, or for `finally` the run's own. */
export function around(graph: GraphNode, model: Model): GraphNode | undefined {
  if (graph.owner !== undefined) return graph.owner.graph;
  return graph.role === "finally" ? model.main : undefined;
}

export function createOrder(model: Model): Order {
  const layers = new Map<GraphNode, Layers>();
  const certain = new Map<GraphNode, ReadonlySet<StageNode>>();

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

  function before(stage: StageNode, other: StageNode): boolean {
    const floor = levelOf(stage);
    const seen = new Set<StageNode>();
    const open = [other];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const need of next.needs) {
        for (const edge of need.edges) {
          const source = edge.stage;
          if (source === stage) return stage !== other;
          if (source === undefined || seen.has(source) || levelOf(source) <= floor) continue;
          seen.add(source);
          open.push(source);
        }
      }
    }
    return false;
  }

  /** Asks of every way `other` can come to run whether an edge on it answers `holds`, or a need on it `awaits`. */
  function always(
    other: StageNode,
    stage: StageNode,
    holds: (edge: EdgeNode) => boolean,
    awaits: (need: NeedNode) => boolean = () => false,
  ): boolean {
    const floor = levelOf(stage);
    const memo = new Map<StageNode, boolean>();
    const ask = (asked: StageNode): boolean => {
      const known = memo.get(asked);
      if (known !== undefined) return known;
      memo.set(asked, false);
      const answer = asked.needs.some((need) => covers(need, (edge) => through(edge)) || awaits(need));
      memo.set(asked, answer);
      return answer;
    };
    const through = (edge: EdgeNode): boolean => {
      if (edge.stage === stage) return holds(edge);
      if (edge.stage === undefined || levelOf(edge.stage) <= floor) return false;
      return reached(edge) && ask(edge.stage);
    };
    const depth = levelOf(other) - floor;
    if (depth > SHALLOW) askInOrder(layersIn(other.graph).sorted, floor, levelOf, ask);
    return ask(other);
  }

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
  };
}

/** Below this a recursion over the graph is safe; beyond it answers are worked out from the front. */
const SHALLOW = 500;

function askInOrder(
  sorted: readonly StageNode[],
  floor: number,
  levelOf: (stage: StageNode) => number,
  ask: (stage: StageNode) => boolean,
): void {
  for (const stage of sorted) if (levelOf(stage) > floor) ask(stage);
}

/** Enough edges answer yes that the need cannot hold without one of them. */
function covers(need: NeedNode, answer: (edge: EdgeNode) => boolean): boolean {
  const without = need.edges.filter((edge) => !answer(edge)).length;
  return need.mode === "settled" ? without === 0 : without < need.count;
}

/** The edge holds only if its stage was reached, so all that stage needed held too. */
function reached({ outcome }: EdgeNode): boolean {
  return outcome !== "omitted" && outcome !== "cancelled" && outcome !== "done";
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
