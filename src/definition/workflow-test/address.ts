import type { Graph, Plan, StagePlan, WorkflowPlan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";

/** The stage an address means, or why there is none. */
export type Found =
  | { readonly stage: StagePlan; readonly item: string | undefined; readonly iteration: string | undefined }
  | { readonly problem: string; readonly help?: string };

const SEGMENT = /^([a-z][A-Za-z0-9]*)(?:\[(\d+|\*)\])?(?:#(\d+|\*))?$/;

/** Walks groups and sub-workflows down to the stage. Of a form the schema has checked. */
export function findStage(plan: Plan, address: string): Found {
  let graphs = graphsOf(plan.workflow);
  let found: Found | undefined;
  for (const [depth, segment] of address.split("/").entries()) {
    const [, id = "", item, iteration] = SEGMENT.exec(segment) ?? [];
    if (found !== undefined && "stage" in found) {
      const inner = innerGraphs(plan, found.stage);
      if (inner === undefined) return { problem: `\`${found.stage.id}\` has no stages inside` };
      const missing = missingPlace(found);
      if (missing !== undefined) return missing;
      graphs = inner;
    }
    const stages = graphs.flatMap((graph) => graph.stages);
    const stage = stages.find((other) => other.id === id);
    if (stage === undefined) {
      const where = depth === 0 ? "" : ` in \`${address.split("/").slice(0, depth).join("/")}\``;
      const close =
        nearest(
          id,
          stages.map((other) => other.id),
        ) ?? pathTo(plan, graphs, id);
      return {
        problem: `there is no stage \`${id}\`${where}`,
        ...(close !== undefined && { help: `did you mean \`${close}\`?` }),
      };
    }
    if (item !== undefined && stage.forEach === undefined)
      return { problem: `\`${id}\` has no \`forEach\`: it has no items` };
    if (iteration !== undefined && stage.repeat === undefined) return { problem: `\`${id}\` has no \`repeat\`` };
    found = { stage, item, iteration };
  }
  return found as Found;
}

/** A stage over items or iterations is addressed with them: only those do the work. */
export function missingPlace(found: Extract<Found, { stage: StagePlan }>): Found | undefined {
  const { stage, item, iteration } = found;
  if (stage.forEach !== undefined && item === undefined) {
    return {
      problem: `\`${stage.id}\` has \`forEach\``,
      help: `name its items: \`${stage.id}[*]\`, or one: \`${stage.id}[0]\``,
    };
  }
  if (stage.repeat !== undefined && iteration === undefined) {
    const base = item === undefined ? stage.id : `${stage.id}[${item}]`;
    return {
      problem: `\`${stage.id}\` has \`repeat\``,
      help: `name its iterations: \`${base}#*\`, or one: \`${base}#0\``,
    };
  }
  return undefined;
}

export function graphsOf(workflow: WorkflowPlan): readonly Graph[] {
  return workflow.finally === undefined ? [workflow.graph] : [workflow.graph, workflow.finally];
}

function innerGraphs(plan: Plan, stage: StagePlan): readonly Graph[] | undefined {
  if (stage.graph !== undefined) return [stage.graph];
  const called = stage.calls === undefined ? undefined : plan.called[stage.calls];
  return called === undefined ? undefined : graphsOf(called);
}

/** Where a stage of this name stands one level deeper, for people who forgot its group. */
function pathTo(plan: Plan, graphs: readonly Graph[], id: string): string | undefined {
  for (const stage of graphs.flatMap((graph) => graph.stages)) {
    const inner = innerGraphs(plan, stage)?.flatMap((graph) => graph.stages) ?? [];
    if (inner.some((other) => other.id === id)) return `${stage.id}/${id}`;
  }
  return undefined;
}

/** Does a path of a run fall under an address? `~2`, the second try of a group, belongs to the same address. */
export function addresses(address: string, path: string): boolean {
  const instance = path.replace(/~\d+/g, "");
  if (!address.includes("*")) return address === instance;
  const pattern = address.replace(/[.[\]#/]/g, "\\$&").replaceAll("*", "\\d+");
  return new RegExp(`^${pattern}$`).test(instance);
}
