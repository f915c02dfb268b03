import { edgeHolds, type OutEdge } from "./graph.js";
import type { Need } from "./plan.js";
import { makeReady } from "./scope.js";
import type { RunState, StageState } from "./state.js";

/** Tells the stages that wait for `stage` how it ended. Costs its out-degree, whatever the size of the graph. */
export function travel(state: RunState, stage: StageState): void {
  const { scope } = stage;
  const edges = scope.index.out[stage.plan.index] ?? [];
  for (let at = 0; at < edges.length; at++) {
    const edge = edges[at] as OutEdge;
    const target = scope.stages[edge.target] as StageState;
    if (target.status !== "pending") continue;
    const need = target.plan.needs[edge.need] as Need;
    decideEdge(state, target, need, edge.need, edgeHolds(edge.outcome, stage.outcome as string));
  }
}

function decideEdge(state: RunState, target: StageState, need: Need, position: number, holds: boolean): void {
  if (need.mode === "all") {
    if (holds) satisfy(state, target);
    else die(state, target);
    return;
  }
  target.tallies ??= target.plan.needs.map(() => ({ held: 0, dead: 0 }));
  const tally = target.tallies[position] as { held: number; dead: number };
  if (holds) tally.held += 1;
  else tally.dead += 1;
  if (need.mode === "anyOf") {
    if (holds && tally.held === need.count) {
      satisfy(state, target);
      if (need.rest === "cancel") cancelRest(state, target, need);
    } else if (!holds && tally.dead === need.edges.length - need.count + 1) {
      die(state, target);
    }
  } else if (tally.held + tally.dead === need.edges.length) {
    if (tally.held > 0) satisfy(state, target);
    else die(state, target);
  }
}

function satisfy(state: RunState, target: StageState): void {
  target.undecided -= 1;
  if (target.undecided === 0) makeReady(state, target);
}

function die(state: RunState, target: StageState): void {
  state.dead.push(target);
}

function cancelRest(state: RunState, target: StageState, need: Need): void {
  for (const edge of need.edges) {
    const listed = target.scope.stages[edge.stage] as StageState;
    if (listed.status !== "ended") state.doomed.push(listed);
  }
}
