import { maySkip } from "./endings.js";
import type { EdgeNode, GraphNode, StageNode } from "./model.js";

const NONE: ReadonlySet<string> = new Set();

/** Stages that did their work in every run of the graph that ends well. */
export function certainStages(graph: GraphNode, sorted: readonly StageNode[]): ReadonlySet<StageNode> {
  // `end` may cut the graph short before any of them.
  if (graph.stages.some(({ type }) => type?.kind === "end")) return new Set();
  const named = namedOutcomes(graph);
  const runs = new Set<StageNode>();
  const certain = new Set<StageNode>();

  /** In a run that ends well the edge holds. */
  const holds = ({ stage, outcome }: EdgeNode): boolean => {
    if (stage === undefined || !runs.has(stage)) return false;
    if (outcome === "done") return true;
    const good = outcome === null ? [...stage.outcomes, "skipped"] : [outcome];
    return endings(stage, named.get(stage) ?? NONE).every((end) => good.includes(end));
  };

  for (const stage of sorted) {
    const reached = stage.needs.every((need) => {
      const sure = need.edges.filter(holds).length;
      return need.mode === "settled" ? sure > 0 : sure >= need.count;
    });
    if (!reached) continue;
    runs.add(stage);
    if (endings(stage, named.get(stage) ?? NONE).every((end) => stage.outcomes.includes(end))) certain.add(stage);
  }
  return certain;
}

/** Ways a stage may end in a run that goes on well: a failure or rejection nobody follows ends the run instead. */
function endings(stage: StageNode, named: ReadonlySet<string>): string[] {
  const ends = stage.outcomes.filter((outcome) => {
    const refuses = stage.type?.kind === "wait" && (outcome === "rejected" || outcome === "expired");
    return !refuses || named.has(outcome) || named.has("done");
  });
  if (maySkip(stage)) ends.push("skipped");
  if (named.has("failed") || named.has("done")) ends.push("failed");
  return ends;
}

function namedOutcomes(graph: GraphNode): Map<StageNode, Set<string>> {
  const named = new Map<StageNode, Set<string>>();
  for (const { needs } of graph.stages) {
    for (const { edges } of needs) {
      for (const { stage, outcome } of edges) {
        if (stage !== undefined && outcome !== null) named.set(stage, (named.get(stage) ?? new Set()).add(outcome));
      }
    }
  }
  return named;
}
