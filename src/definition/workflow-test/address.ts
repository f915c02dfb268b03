import type { Graph, Plan, StagePlan, WorkflowPlan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";

/** The stage an address means, or why there is none. */
export type Found =
  | { readonly stage: StagePlan; readonly item: string | undefined; readonly iteration: string | undefined }
  | { readonly problem: string; readonly help?: string };

const SEGMENT = /^([a-z][A-Za-z0-9]*)(?:\[(\d+|\*)\])?(?:#(\d+|\*))?$/;

/** Stages by the prefix of their paths: those of `finally` stand under that word. */
type Level = readonly (readonly [prefix: string, graph: Graph])[];

/** Walks groups and sub-workflows down to the stage. Of a form the schema has checked. */
export function findStage(plan: Plan, address: string): Found {
  let level = levelOf(plan.workflow);
  let prefix = "";
  let found: Extract<Found, { stage: StagePlan }> | undefined;
  let before = "";
  for (const segment of address.split("/")) {
    const [, id = "", item, iteration] = SEGMENT.exec(segment) ?? [];
    if (found !== undefined) {
      const missing = missingPlace(found);
      if (missing !== undefined) return missing;
      const inner = innerLevel(plan, found.stage);
      if (inner === undefined) return { problem: `\`${found.stage.id}\` has no stages inside` };
      level = inner;
      found = undefined;
    }
    if (segment === FINALLY && prefix === "" && level.some(([name]) => name === `${FINALLY}/`)) {
      prefix = `${FINALLY}/`;
      continue;
    }
    const stages = level.find(([name]) => name === prefix)?.[1].stages ?? [];
    const stage = stages.find((other) => other.id === id);
    if (stage === undefined) return unknown(plan, level, prefix, id, before);
    if (item !== undefined && stage.forEach === undefined) return { problem: `\`${id}\` has no \`forEach\`` };
    if (iteration !== undefined && stage.repeat === undefined) return { problem: `\`${id}\` has no \`repeat\`` };
    found = { stage, item, iteration };
    before = `${before}${prefix}${segment}/`;
    prefix = "";
  }
  return found ?? { problem: `\`${FINALLY}\` alone names no stage`, help: `name one of its stages: \`${FINALLY}/…\`` };
}

function unknown(plan: Plan, level: Level, prefix: string, id: string, before: string): Found {
  const beside = level.find(([name]) => name === prefix)?.[1].stages.map((other) => `${prefix}${other.id}`) ?? [];
  const close = nearest(`${prefix}${id}`, beside) ?? elsewhere(plan, level, id);
  const where = before === "" ? "" : ` in \`${before.slice(0, -1)}\``;
  return {
    problem: `there is no stage \`${prefix}${id}\`${where}`,
    ...(close !== undefined && { help: `did you mean \`${before}${close}\`?` }),
  };
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

const FINALLY = "finally";

/** The graphs of a workflow with the prefix of their stages' paths. */
export function levelOf(workflow: WorkflowPlan): Level {
  if (workflow.finally === undefined) return [["", workflow.graph]];
  return [
    ["", workflow.graph],
    [`${FINALLY}/`, workflow.finally],
  ];
}

function innerLevel(plan: Plan, stage: StagePlan): Level | undefined {
  if (stage.graph !== undefined) return [["", stage.graph]];
  const called = stage.calls === undefined ? undefined : plan.called[stage.calls];
  return called === undefined ? undefined : levelOf(called);
}

/** Where a stage of this name stands in `finally` or one level deeper, for people who forgot to say so. */
function elsewhere(plan: Plan, level: Level, id: string): string | undefined {
  for (const [prefix, graph] of level) {
    if (graph.stages.some((other) => other.id === id)) return `${prefix}${id}`;
    for (const stage of graph.stages) {
      const inner = innerLevel(plan, stage)?.find(([, deeper]) => deeper.stages.some((other) => other.id === id));
      if (inner !== undefined) return `${prefix}${stage.id}/${inner[0]}${id}`;
    }
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
