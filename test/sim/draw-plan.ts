import type { CompensatePlan, Plan, RetryPlan } from "../../src/core/plan.js";
import { type NeedSpec, plan, type StageSpec } from "../support/plan.js";
import type { Chance } from "./chance.js";

const GATE = ["approved", "rejected", "expired"];
const FORK = ["left", "right"];

/** Draws a definition: a graph of effects, gates, forks, waits, groups, loops and fan-outs with all that may be said about them. */
export function drawPlan(chance: Chance): Plan {
  const stages = drawStages(chance, chance.int(3, 8), "s", 2);
  const more = {
    maxParallel: chance.int(1, 6),
    failFast: chance.happens(0.2),
    ...(chance.happens(0.2) ? { timeout: chance.int(60_000, 3_600_000) } : {}),
    ...(chance.happens(0.3) ? { finally: plan("", drawStages(chance, 2, "last", 0)).workflow.graph } : {}),
  };
  return plan(Object.keys(stages).join(","), stages, more);
}

export function drawStages(chance: Chance, count: number, prefix: string, depth: number): Record<string, StageSpec> {
  const stages: Record<string, StageSpec> = {};
  for (let at = 0; at < count; at++) {
    const before = Object.entries(stages);
    stages[`${prefix}${at}`] = { ...drawStage(chance, `${prefix}${at}`, depth), needs: drawNeeds(chance, before) };
  }
  return stages;
}

function drawStage(chance: Chance, id: string, depth: number): StageSpec {
  const kind = chance.next();
  if (kind < 0.1) return { uses: "gate", kind: "wait", outcomes: GATE };
  if (kind < 0.18) return { uses: "fork", kind: "pure", outcomes: FORK };
  if (kind < 0.24) return { uses: "sleep", kind: "wait" };
  if (kind < 0.28) return { uses: "sum", kind: "pure" };
  if (kind < 0.4 && depth > 0) {
    const stages = drawStages(chance, chance.int(1, 3), `${id}x`, depth - 1);
    return { stages, ...drawManners(chance), ...drawShape(chance) };
  }
  const timeout = chance.int(5_000, 60_000);
  const delivery = chance.happens(0.15) ? "atMostOnce" : "atLeastOnce";
  return { timeout, delivery, ...drawManners(chance), ...(chance.happens(0.25) ? drawShape(chance) : {}) };
}

function drawShape(chance: Chance): StageSpec {
  if (chance.happens(0.4)) {
    const items = Array.from({ length: chance.int(0, 4) }, (_, at) => at);
    const tolerate = chance.happens(0.5) ? { count: 1 } : {};
    return { forEach: { items, as: "item", concurrency: chance.int(1, 3), tolerate } };
  }
  if (chance.happens(0.4)) {
    const until = `\${{ repeat.index >= ${chance.int(0, 2)} }}`;
    return { repeat: { until, maxIterations: chance.int(1, 4), delay: chance.int(0, 5_000) } };
  }
  return {};
}

/** What becomes of a failure, and how the stage is undone. */
function drawManners(chance: Chance): StageSpec {
  const verb = chance.pick(["fail", "fail", "skip", "pause", "rollback"] as const);
  return {
    ...(verb === "fail" ? {} : { onError: [{ do: verb }] }),
    ...(chance.happens(0.4) ? { retry: drawRetry(chance) } : {}),
    ...(chance.happens(0.5) ? { compensate: drawUndo(chance) } : {}),
    ...(chance.happens(0.1) ? { totalTimeout: chance.int(10_000, 200_000) } : {}),
  };
}

function drawUndo(chance: Chance): CompensatePlan {
  const retry = chance.happens(0.7) ? { retry: drawRetry(chance) } : {};
  return { uses: "undo", timeout: 30_000, ...retry };
}

function drawRetry(chance: Chance): RetryPlan {
  const backoff = chance.pick(["fixed", "exponential"] as const);
  const jitter = chance.pick(["none", "full"] as const);
  const delay = chance.int(0, 10_000);
  return { maxAttempts: chance.int(2, 4), delay, backoff, factor: 2, maxDelay: 60_000, jitter };
}

type Named = readonly [string, StageSpec];

function drawNeeds(chance: Chance, before: readonly Named[]): (string | NeedSpec)[] {
  if (before.length === 0 || chance.happens(0.25)) return [];
  const first = chance.pick(before);
  const second = chance.pick(before);
  if (first === second || chance.happens(0.5)) return [drawEdge(chance, first)];
  const edges = [drawEdge(chance, first), drawEdge(chance, second)];
  const form = chance.next();
  if (form < 0.4) return edges;
  if (form < 0.8) return [chance.happens(0.3) ? { anyOf: edges, rest: "cancel" } : { anyOf: edges }];
  return [{ settled: edges }];
}

function drawEdge(chance: Chance, [id, { outcomes }]: Named): string {
  if (outcomes !== undefined) return `${id}.${chance.pick([...outcomes, "done"])}`;
  return chance.pick([id, id, id, `${id}.failed`, `${id}.done`]);
}
