import type { EdgeNode, GraphNode, NeedNode, StageNode } from "./model.js";

/** Questions about the ways by which one stage of a graph comes to run after another. */
export interface Paths {
  /** `stage` stands on some way to `other`. */
  before(stage: StageNode, other: StageNode): boolean;
  /** Every way to `other` has an edge from `stage` that `holds`, or a need that `awaits`. */
  always(
    other: StageNode,
    stage: StageNode,
    holds: (edge: EdgeNode) => boolean,
    awaits?: (need: NeedNode) => boolean,
  ): boolean;
}

/** `levelOf` and `sortedIn` are those of the graph's layers: no way leads back to a lower level. */
export function createPaths(
  levelOf: (stage: StageNode) => number,
  sortedIn: (graph: GraphNode) => readonly StageNode[],
): Paths {
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
    if (depth > SHALLOW) askInOrder(sortedIn(other.graph), floor, levelOf, ask);
    return ask(other);
  }

  return { before, always };
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
