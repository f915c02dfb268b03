import type { GraphNode, StageNode } from "./model.js";

export interface Layers {
  /** By index: the longest way to a stage from one without needs. Stages of a cycle come last of all. */
  readonly level: readonly number[];
  /** Every stage after all it needs; stages of or behind a cycle are left out. */
  readonly sorted: readonly StageNode[];
}

/** Sorts a graph in time linear in its edges. */
export function layersOf(graph: GraphNode): Layers {
  const waiting: number[] = new Array(graph.stages.length).fill(0);
  const followers: number[][] = graph.stages.map(() => []);
  for (const { index, needs } of graph.stages) {
    for (const { edges } of needs) {
      for (const { stage } of edges) {
        if (stage === undefined || stage.index === index) continue;
        waiting[index] = (waiting[index] as number) + 1;
        (followers[stage.index] as number[]).push(index);
      }
    }
  }
  const level: number[] = new Array(graph.stages.length).fill(0);
  const sorted = graph.stages.filter(({ index }) => waiting[index] === 0);
  for (let at = 0; at < sorted.length; at += 1) {
    const { index } = sorted[at] as StageNode;
    for (const follower of followers[index] as number[]) {
      level[follower] = Math.max(level[follower] as number, (level[index] as number) + 1);
      waiting[follower] = (waiting[follower] as number) - 1;
      if (waiting[follower] === 0) sorted.push(graph.stages[follower] as StageNode);
    }
  }
  for (const [index, left] of waiting.entries()) if (left > 0) level[index] = Number.MAX_SAFE_INTEGER;
  return { level, sorted };
}
