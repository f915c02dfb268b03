import type { EdgeNode, GraphNode, StageNode } from "../model.js";
import type { CheckContext } from "./context.js";

/** Stages that wait for each other. One finding a knot, told from its earliest stage, so that it reads the same always. */
export function checkCycles({ model, findings }: CheckContext): void {
  const graphs = new Set(model.stages.map(({ graph }) => graph));
  for (const graph of graphs) {
    for (const cycle of findCycles(graph)) {
      const turned = fromEarliest(cycle);
      const words = [...turned, turned[0] as EdgeNode].map((edge) => ownerOf(edge, cycle));
      const first = turned[0] as EdgeNode;
      const message = `these stages wait for each other: ${words.join(" → ")}`;
      findings.error("cycle", { path: first.path }, message, "take one of these needs away; to loop, use `repeat`");
    }
  }
}

/** A cycle as the edges that make it, each leading to the next one's stage. */
type Cycle = readonly EdgeNode[];

/** The stage an edge is written at: the one the edge before it leads to. */
function ownerOf(edge: EdgeNode, cycle: Cycle): string {
  const at = cycle.indexOf(edge);
  return (cycle.at(at - 1) as EdgeNode).id;
}

function fromEarliest(cycle: Cycle): Cycle {
  const indexOf = (edge: EdgeNode) => (cycle.at(cycle.indexOf(edge) - 1) as EdgeNode).stage?.index ?? 0;
  let start = 0;
  for (const [at, edge] of cycle.entries()) if (indexOf(edge) < indexOf(cycle[start] as EdgeNode)) start = at;
  return [...cycle.slice(start), ...cycle.slice(0, start)];
}

/** Cycles that share no stage, found depth first without recursion; a stage that needs itself is told elsewhere. */
function findCycles(graph: GraphNode): Cycle[] {
  const done = new Set<StageNode>();
  const told = new Set<StageNode>();
  const cycles: Cycle[] = [];
  for (const root of graph.stages) {
    if (done.has(root)) continue;
    const trail: EdgeNode[] = [];
    const open: { stage: StageNode; edges: EdgeNode[]; next: number }[] = [];
    const onTrail = new Map<StageNode, number>();
    const enter = (stage: StageNode) => {
      onTrail.set(stage, open.length);
      open.push({ stage, edges: stage.needs.flatMap(({ edges }) => edges.filter((edge) => !edge.isGuess)), next: 0 });
    };
    enter(root);
    for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
      const edge = frame.edges[frame.next];
      frame.next += 1;
      if (edge === undefined) {
        done.add(frame.stage);
        onTrail.delete(frame.stage);
        open.pop();
        trail.pop();
        continue;
      }
      const target = edge.stage;
      if (target === undefined || target === frame.stage || done.has(target)) continue;
      const at = onTrail.get(target);
      if (at === undefined) {
        trail.push(edge);
        enter(target);
      } else {
        const cycle = [...trail.slice(at), edge];
        const members = cycle.map(({ stage }) => stage as StageNode);
        if (members.some((stage) => told.has(stage))) continue;
        for (const stage of members) told.add(stage);
        cycles.push(cycle);
      }
    }
  }
  return cycles;
}
