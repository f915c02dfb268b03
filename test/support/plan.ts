import type { Edge, Graph, Need, Plan, StagePlan, WorkflowPlan } from "../../src/core/plan.js";

/** What a test says about one stage beyond its edges. `stages` makes it a group. */
export type StageSpec = Partial<Omit<StagePlan, "needs" | "index" | "id" | "graph">> & {
  readonly needs?: readonly (string | NeedSpec)[];
  readonly stages?: string | Readonly<Record<string, StageSpec>>;
};

export type NeedSpec =
  | { readonly anyOf: readonly string[]; readonly count?: number; readonly rest?: "cancel" }
  | { readonly settled: readonly string[] };

/**
 * A graph in one line: `a -> b, a.failed -> c` makes the stages a, b and c, effects of type `work` unless `specs` says
 * otherwise. Stages that have no edge are named alone: `a, b`.
 */
export function graph(text: string, specs: Readonly<Record<string, StageSpec>> = {}): Graph {
  const needs = new Map<string, (string | NeedSpec)[]>();
  const stage = (id: string) => {
    if (!needs.has(id)) needs.set(id, []);
    return needs.get(id) as (string | NeedSpec)[];
  };
  for (const part of text
    .split(/[,;\n]/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "")) {
    const ends = part.split("->").map((piece) => piece.trim());
    stage((ends[0] as string).split(".")[0] as string);
    for (let at = 1; at < ends.length; at++) {
      stage((ends[at] as string).split(".")[0] as string).push(ends[at - 1] as string);
    }
  }
  for (const [id, spec] of Object.entries(specs)) stage(id).push(...(spec.needs ?? []));
  const ids = [...needs.keys()];
  const edges = (list: readonly string[]) => list.map((text) => edge(text, ids));
  const all = [...needs.values()].flat().flatMap((need) => namesIn(need));
  return {
    stages: ids.map((id, index) => {
      const { needs: _, stages, ...spec } = specs[id] ?? {};
      const inner = stages === undefined ? {} : { uses: "group", kind: "group" as const, graph: innerGraph(stages) };
      return {
        id,
        index,
        uses: "work",
        kind: "effect",
        needs: (needs.get(id) ?? []).map((need) => compileNeed(need, edges)),
        outcomes: ["succeeded"],
        handled: all.filter((name) => name.startsWith(`${id}.`)).map((name) => name.slice(id.length + 1)),
        onError: [],
        delivery: "atLeastOnce",
        ...inner,
        ...spec,
      };
    }),
  };
}

/** A whole plan around such a graph. */
export function plan(
  text: string,
  specs: Readonly<Record<string, StageSpec>> = {},
  workflow: Partial<WorkflowPlan> = {},
  called: Readonly<Record<string, WorkflowPlan>> = {},
): Plan {
  return { format: 1, workflow: workflowPlan(text, specs, workflow), called };
}

export function workflowPlan(
  text: string,
  specs: Readonly<Record<string, StageSpec>> = {},
  workflow: Partial<WorkflowPlan> = {},
): WorkflowPlan {
  return {
    id: "test",
    version: "1.0.0",
    inputs: {},
    optional: [],
    state: {},
    secrets: [],
    agents: {},
    rulesets: {},
    graph: graph(text, specs),
    outputs: {},
    maxParallel: 20,
    failFast: false,
    ...workflow,
  };
}

function innerGraph(stages: string | Readonly<Record<string, StageSpec>>): Graph {
  return typeof stages === "string" ? graph(stages) : graph(Object.keys(stages).join(","), stages);
}

function namesIn(need: string | NeedSpec): readonly string[] {
  if (typeof need === "string") return [need];
  return "anyOf" in need ? need.anyOf : need.settled;
}

function compileNeed(need: string | NeedSpec, edges: (list: readonly string[]) => Edge[]): Need {
  if (typeof need === "string") return { mode: "all", edges: edges([need]), count: 1, rest: "keep" };
  if ("settled" in need) return { mode: "settled", edges: edges(need.settled), count: 1, rest: "keep" };
  return { mode: "anyOf", edges: edges(need.anyOf), count: need.count ?? 1, rest: need.rest ?? "keep" };
}

function edge(text: string, ids: readonly string[]): Edge {
  const [id, outcome] = text.split(".") as [string, string | undefined];
  const stage = ids.indexOf(id);
  if (stage < 0) throw new Error(`no stage ${id}`);
  return { stage, outcome: outcome ?? null };
}
