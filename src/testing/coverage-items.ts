import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import type { Graph, StagePlan, WorkflowPlan } from "../core/plan.js";
import { levelOf } from "../definition/index.js";
import type { Registry } from "../plugin/registry.js";

export type CoverageKind = "stages" | "outcomes" | "switch cases" | "rules";

/** One thing a test can reach; `name` is unique within its kind. */
export interface CoverageItem {
  readonly kind: CoverageKind;
  readonly name: string;
}

/** Everything the tests of a workflow can reach. Sub-workflows have tests of their own. */
export function coverageItems(workflow: WorkflowPlan, registry: Registry): readonly CoverageItem[] {
  const items: CoverageItem[] = [];
  const rulesets = new Set<string>();
  const walk = (graph: Graph, prefix: string): void => {
    for (const stage of graph.stages) {
      const path = `${prefix}${stage.id}`;
      items.push({ kind: "stages", name: path });
      for (const outcome of outcomesOf(stage, graph, workflow, registry)) {
        items.push({ kind: outcomeKind(stage, outcome), name: `${path}.${outcome}` });
      }
      if (stage.uses === "rules" && isObject(stage.with)) rulesets.add(String(stage.with["ruleset"]));
      if (stage.graph !== undefined) walk(stage.graph, `${path}/`);
    }
  };
  for (const [prefix, graph] of levelOf(workflow)) walk(graph, prefix);
  for (const name of rulesets) {
    const { versions, ...shared } = workflow.rulesets[name] ?? {};
    const tables = Array.isArray(versions) ? versions.filter(isObject) : undefined;
    if (tables === undefined) items.push(...rowsOf(name, shared));
    else for (const one of tables) items.push(...rowsOf(tableName(name, one["version"]), { ...shared, ...one }));
  }
  return items;
}

/** The cases of a switch are counted apart; its `failed` is an outcome like any other. */
export function outcomeKind(stage: StagePlan, outcome: string): CoverageKind {
  return stage.uses === "switch" && stage.outcomes.includes(outcome) ? "switch cases" : "outcomes";
}

/** What rows of one version of a ruleset are counted under. */
export function tableName(ruleset: string, version: Json | undefined): string {
  return `${ruleset} ${version}`;
}

export function ruleName(ruleset: string, row: number | "default"): string {
  return `${ruleset} ${row === "default" ? "default" : `row ${row}`}`;
}

/**
 * What must be seen of a stage: its named outcomes, those that edges name, and that its `if` was false once. Only work
 * that can end one way need not be named: that it was reached says it all.
 */
function outcomesOf(stage: StagePlan, graph: Graph, workflow: WorkflowPlan, registry: Registry): ReadonlySet<string> {
  const outcomes = new Set<string>();
  if (stage.outcomes.length !== 1 || stage.outcomes[0] !== "succeeded") {
    for (const outcome of stage.outcomes) if (canEnd(stage, outcome, graph, workflow, registry)) outcomes.add(outcome);
  }
  for (const edge of graph.stages.flatMap(({ needs }) => needs.flatMap(({ edges }) => edges))) {
    if (edge.stage === stage.index && edge.outcome !== null && edge.outcome !== "done") outcomes.add(edge.outcome);
  }
  if (stage.if !== undefined) outcomes.add("skipped");
  return outcomes;
}

function canEnd(stage: StagePlan, outcome: string, graph: Graph, workflow: WorkflowPlan, registry: Registry): boolean {
  const input = isObject(stage.with) ? stage.with : {};
  if (stage.uses === "approval" && outcome === "expired") return input["expires"] !== undefined;
  if (stage.uses === "switch" && outcome === "otherwise") return !isExhaustive(input, graph, workflow, registry);
  return true;
}

const REFERENCE = /^\s*\$\{\{\s*(inputs|state|stages)\.(\w+)(?:\.outputs\.(\w+))?\s*\}\}\s*$/;

/** Do the cases of a switch take every value its `value` can have? */
function isExhaustive(input: JsonObject, graph: Graph, workflow: WorkflowPlan, registry: Registry): boolean {
  const [, scope, name = "", field] = REFERENCE.exec(String(input["value"])) ?? [];
  if (scope === undefined || !isObject(input["cases"])) return false;
  const taken = Object.values(input["cases"]).flat();
  const values = valuesOf(schemaOf(scope, name, field, graph, workflow, registry));
  return values?.every((value) => taken.includes(value)) ?? false;
}

function schemaOf(
  scope: string,
  name: string,
  field: string | undefined,
  graph: Graph,
  workflow: WorkflowPlan,
  registry: Registry,
): Json | undefined {
  const own = <T>(record: Readonly<Record<string, T>>) => (Object.hasOwn(record, name) ? record[name] : undefined);
  if (scope === "inputs") return own(workflow.inputs);
  if (scope === "state") return own(workflow.state)?.schema;
  const stage = graph.stages.find(({ id }) => id === name);
  const type = stage === undefined ? undefined : registry.stages.get(stage.uses);
  // `outputs` reshapes what the type says, and items have results of their own.
  if (stage === undefined || type === undefined || stage.outputs !== undefined || stage.forEach !== undefined) return;
  const given = isObject(stage.with) ? stage.with : {};
  const { agents, rulesets } = workflow;
  const schema: JsonSchema =
    typeof type.output === "function" ? type.output({ with: given, agents, rulesets }) : type.output;
  const properties = schema["properties"];
  return isObject(properties) && field !== undefined && Object.hasOwn(properties, field)
    ? properties[field]
    : undefined;
}

function valuesOf(schema: Json | undefined): readonly Json[] | undefined {
  if (!isObject(schema)) return undefined;
  if (Array.isArray(schema["enum"])) return schema["enum"];
  return schema["type"] === "boolean" ? [true, false] : undefined;
}

function rowsOf(name: string, ruleset: JsonObject): CoverageItem[] {
  const { rules, default: fallback } = ruleset;
  const text = isObject(rules) && typeof rules["text"] === "string" ? rules["text"] : "";
  const count = Array.isArray(rules) ? rules.length : text.split("\n").filter((line) => line.trim() !== "").length - 1;
  const rows = Array.from({ length: Math.max(0, count) }, (_, index) => ruleName(name, index + 1));
  if (fallback !== undefined) rows.push(ruleName(name, "default"));
  return rows.map((row) => ({ kind: "rules", name: row }));
}
