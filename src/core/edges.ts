import { edgeHolds } from "./graph.js";
import type { Edge, Need } from "./plan.js";
import { makeReady } from "./scope.js";
import type { RunState, StageState } from "./state.js";

/** Tells the stages that wait for `stage` how it ended. Costs its out-degree, whatever the size of the graph. */
export function travel(state: RunState, stage: StageState): void {
  const { scope, plan } = stage;
  const { first, targets, needs, edges } = scope.index;
  const end = first[plan.index + 1] as number;
  for (let at = first[plan.index] as number; at < end; at++) {
    const target = scope.stages[targets[at] as number] as StageState;
    if (target.status !== "pending") continue;
    const position = needs[at] as number;
    const need = target.plan.needs[position] as Need;
    const { outcome } = need.edges[edges[at] as number] as Edge;
    decideEdge(state, target, need, position, edgeHolds(outcome, stage.outcome as string));
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
