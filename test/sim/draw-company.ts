import type { Graph, Plan, StagePlan } from "../../src/core/plan.js";
import { workflowPlan } from "../support/plan.js";
import type { Chance } from "./chance.js";
import { drawStages } from "./draw-plan.js";

/** What all runs of one world share. */
export interface Company {
  readonly places: ReadonlyMap<string, number>;
  readonly rate: { readonly group: string; readonly limit: number; readonly per: number };
}

export function drawCompany(chance: Chance): Company {
  return {
    places: new Map([
      ["crane", chance.int(1, 3)],
      ["yard", chance.int(1, 3)],
    ]),
    rate: { group: "mail", limit: chance.int(1, 4), per: chance.int(5_000, 40_000) },
  };
}

/**
 * The same graph among others: stages share limits, say and hear events, start runs that nobody waits for, and approvals
 * remind people and ask further ones.
 */
export function inCompany(chance: Chance, company: Company, { workflow, ...plan }: Plan): Plan {
  const stages = drawStages(chance, chance.int(1, 3), "c", 0);
  const drawn = workflowPlan(Object.keys(stages).join(","), stages, { id: "child" });
  const child = { ...drawn, graph: mingle(chance, company, drawn.graph, true, false) };
  const graph = mingle(chance, company, workflow.graph, true, true);
  return { ...plan, workflow: { ...workflow, graph }, called: { child } };
}

function mingle(chance: Chance, company: Company, graph: Graph, isTop: boolean, mayDetach: boolean): Graph {
  return {
    ...graph,
    stages: graph.stages.map((stage) => {
      if (stage.graph === undefined) return mingleLeaf(chance, company, stage, mayDetach);
      // A group inside of a group that holds the same place could wait for itself.
      const limits = isTop && chance.happens(0.2) ? placeIn(company, "yard") : {};
      return { ...stage, ...limits, graph: mingle(chance, company, stage.graph, false, mayDetach) };
    }),
  };
}

function mingleLeaf(chance: Chance, company: Company, stage: StagePlan, mayDetach: boolean): StagePlan {
  const limits = {
    ...(chance.happens(0.25) ? placeIn(company, "crane") : {}),
    ...(chance.happens(0.2) ? { rateLimit: company.rate } : {}),
  };
  const listens = { ...stage, ...limits, uses: "listen", kind: "wait" as const };
  if (stage.uses === "gate") {
    if (chance.happens(0.3)) return { ...listens, with: { heard: "approved", silent: "expired" } };
    return { ...stage, ...limits, with: drawNudges(chance) };
  }
  if (stage.uses !== "work") return stage;
  const kind = chance.next();
  if (kind < 0.15) return { ...listens, with: { heard: "succeeded", silent: "succeeded" } };
  if (kind < 0.35) return { ...stage, ...limits, uses: "shout", with: { atLeast: chance.int(0, 1) } };
  if (kind < 0.45 && mayDetach) return { ...stage, ...limits, uses: "workflow", calls: "child", with: { inputs: {} } };
  return { ...stage, ...limits };
}

function placeIn({ places }: Company, group: string): Pick<StagePlan, "concurrency"> {
  return { concurrency: { group, limit: places.get(group) ?? 1 } };
}

/** Milliseconds; a gate is open for two minutes. */
function drawNudges(chance: Chance): Record<string, number | boolean> {
  return {
    ...(chance.happens(0.6) ? { remindEvery: chance.int(10_000, 60_000) } : {}),
    ...(chance.happens(0.4) ? { escalateAfter: chance.int(5_000, 90_000) } : {}),
    ...(chance.happens(0.5) ? { notify: true } : {}),
  };
}
