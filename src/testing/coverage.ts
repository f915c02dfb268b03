import { isObject } from "../core/json.js";
import type { WorkflowPlan } from "../core/plan.js";
import type { RunState, StageState } from "../core/state.js";
import type { Registry } from "../plugin/registry.js";
import { type CoverageKind, coverageItems, outcomeKind, ruleName, tableName } from "./coverage-items.js";

export interface KindCoverage {
  readonly kind: CoverageKind;
  readonly covered: number;
  readonly total: number;
  /** What no case reached, in the order of the file. */
  readonly missing: readonly string[];
}

/** What the cases of one workflow reached of it. */
export interface WorkflowCoverage {
  readonly workflow: string;
  readonly kinds: readonly KindCoverage[];
  /** 0 to 100, over everything together. */
  readonly percent: number;
}

const KINDS: readonly CoverageKind[] = ["stages", "outcomes", "switch cases", "rules"];

/** Also what a workflow did as a sub-run of another one's test counts. */
export function coverageOf(workflow: WorkflowPlan, runs: readonly RunState[], registry: Registry): WorkflowCoverage {
  const reached = new Set<string>();
  for (const run of runs) for (const stage of run.stages.values()) note(stage, workflow.id, reached);
  const items = coverageItems(workflow, registry);
  const kinds = KINDS.map((kind): KindCoverage => {
    const wanted = items.filter((item) => item.kind === kind).map(({ name }) => name);
    const missing = wanted.filter((name) => !reached.has(key(kind, name)));
    return { kind, covered: wanted.length - missing.length, total: wanted.length, missing };
  });
  const covered = kinds.reduce((sum, kind) => sum + kind.covered, 0);
  return { workflow: workflow.id, kinds, percent: items.length === 0 ? 100 : (covered / items.length) * 100 };
}

const NOT_REACHED = ["omitted", "skipped", "cancelled"];

function note(stage: StageState, workflow: string, reached: Set<string>): void {
  const { frame } = stage.scope;
  if (frame.workflow.id !== workflow) return;
  const below =
    frame.owner === null ? stage.path : stage.path.slice(stage.path.indexOf("/", frame.owner.path.length) + 1);
  const path = below.replace(/\[\d+\]|#\d+|~\d+/g, "");
  const { outcome } = stage;
  if (stage.startedAt !== null || (outcome !== null && !NOT_REACHED.includes(outcome)))
    reached.add(key("stages", path));
  if (outcome !== null) reached.add(key(outcomeKind(stage.plan, outcome), `${path}.${outcome}`));
  if (stage.plan.uses === "rules") noteRules(stage, reached);
}

function noteRules({ explain, scope }: StageState, reached: Set<string>): void {
  if (!isObject(explain)) return;
  const name = String(explain["ruleset"]);
  const isVersioned = scope.frame.workflow.rulesets[name]?.["versions"] !== undefined;
  const ruleset = isVersioned ? tableName(name, explain["version"]) : name;
  const matched = Array.isArray(explain["matched"]) ? explain["matched"] : [];
  for (const row of matched) if (isObject(row)) reached.add(key("rules", ruleName(ruleset, Number(row["row"]))));
  if (explain["usedDefault"] === true) reached.add(key("rules", ruleName(ruleset, "default")));
}

function key(kind: CoverageKind, name: string): string {
  return `${kind} ${name}`;
}
