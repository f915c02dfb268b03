import { isObject } from "../../core/json.js";
import { nearest } from "../../core/suggest.js";
import { entriesOf, type StageNode } from "../model.js";
import { around } from "../order.js";
import type { CheckContext } from "./context.js";

/** Writes of run state: fields that exist, and no two at once without a way to join them. */
export function checkState(context: CheckContext): void {
  const { raw, model, findings } = context;
  const fields = new Map(entriesOf(raw["state"]));
  const writers = new Map<string, StageNode[]>();
  for (const stage of model.stages) {
    for (const [field] of entriesOf(stage.raw["set"])) {
      if (!fields.has(field)) {
        const close = nearest(field, fields.keys());
        const none = fields.size === 0 ? "declare it under `state`" : `there are: ${[...fields.keys()].join(", ")}`;
        const help = close === undefined ? none : `did you mean \`${close}\`?`;
        findings.error(
          "unknown-state",
          { path: [...stage.path, "set", field], part: "key" },
          `there is no state field \`${field}\``,
          help,
        );
        continue;
      }
      const merge = fields.get(field);
      if (isObject(merge) && merge["merge"] !== undefined) continue;
      const known = writers.get(field) ?? [];
      known.push(stage);
      writers.set(field, known);
    }
  }
  for (const [field, stages] of writers) checkWriters(context, field, stages);
}

const HELP = "order them with `needs`, or say how to join: `merge: last|append|sum|min|max|union` on the state field";

function checkWriters(context: CheckContext, field: string, stages: readonly StageNode[]): void {
  for (const [at, stage] of stages.entries()) {
    const place = { path: [...stage.path, "set", field], part: "key" as const };
    if (fansOut(stage)) {
      context.findings.error(
        "parallel-write",
        place,
        `the items of this stage set \`${field}\` at the same time`,
        HELP,
      );
      continue;
    }
    const rival = stages.slice(0, at).find((other) => mayOverlap(context, other, stage));
    if (rival === undefined) continue;
    context.findings.error("parallel-write", place, `\`${rival.id}\` may set \`${field}\` at the same time`, HELP);
  }
}

/** It, or a group it is in, does several items at a time. */
function fansOut(stage: StageNode): boolean {
  for (let up: StageNode | undefined = stage; up !== undefined; up = up.graph.owner) {
    const forEach = up.raw["forEach"];
    if (isObject(forEach) && forEach["concurrency"] !== 1) return true;
  }
  return false;
}

function mayOverlap({ order, model }: CheckContext, one: StageNode, other: StageNode): boolean {
  const pair = inOneGraph(one, other, (graph) => around(graph, model));
  if (pair === undefined) return false;
  const [a, b] = pair;
  if (a === b || order.tangled(a.graph) || order.before(a, b) || order.before(b, a)) return false;
  return !excludeEachOther(a, b);
}

/** The stages of the innermost graph they share that hold them; undefined when one of them is in `finally`. */
function inOneGraph(
  one: StageNode,
  other: StageNode,
  outward: (graph: StageNode["graph"]) => StageNode["graph"] | undefined,
): [StageNode, StageNode] | undefined {
  const holders = new Map<unknown, StageNode>();
  for (let up: StageNode | undefined = one; up !== undefined; up = up.graph.owner) holders.set(up.graph, up);
  for (let up: StageNode | undefined = other; up !== undefined; up = up.graph.owner) {
    const holder = holders.get(up.graph);
    if (holder !== undefined) return [holder, up];
    if (outward(up.graph) === undefined) return undefined;
  }
  return undefined;
}

/** They need one stage to end in different ways, so only one of them can run. */
function excludeEachOther(a: StageNode, b: StageNode): boolean {
  const needed = neededOutcomes(a);
  return [...neededOutcomes(b)].some(([stage, outcomes]) => {
    const others = needed.get(stage);
    return others !== undefined && outcomes.every((outcome) => !others.includes(outcome));
  });
}

const MAX_LOOKED_AT = 1_000;

/** Per stage the outcomes of which one must have been for `stage` to run. */
function neededOutcomes(stage: StageNode): Map<StageNode, readonly string[]> {
  const found = new Map<StageNode, readonly string[]>();
  const open = [stage];
  const seen = new Set(open);
  for (let next = open.pop(); next !== undefined && seen.size < MAX_LOOKED_AT; next = open.pop()) {
    for (const { edges } of next.needs) {
      const source = edges[0]?.stage;
      if (source === undefined || edges.some((edge) => edge.stage !== source)) continue;
      const outcomes = edges.flatMap(({ outcome }) => (outcome === null || outcome === "done" ? [] : [outcome]));
      if (outcomes.length === edges.length) found.set(source, outcomes);
      if (seen.has(source)) continue;
      seen.add(source);
      open.push(source);
    }
  }
  return found;
}
