import { isObject, type Json } from "../../core/json.js";
import { COMMON_OUTCOMES, type Graph, type WorkflowPlan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import type { CheckContext } from "../checks/context.js";
import type { Path } from "../findings.js";
import { splitEdge } from "./written.js";

/** What is known of the stages of one id. */
interface Named {
  readonly outcomes: readonly string[];
  readonly count: number;
  readonly isGate: boolean;
}

/** The stages, outcomes and inputs that policies name, and that each policy says something. */
export function checkPolicyNames(context: CheckContext): void {
  const policies = context.raw["policies"];
  if (!Array.isArray(policies)) return;
  const stages = stagesOf(context);
  const seen = new Set<Json>();
  for (const [index, policy] of policies.entries()) {
    if (!isObject(policy)) continue;
    const path = ["policies", index];
    checkForm(context, policy, path, seen.has(policy["id"] as Json));
    seen.add(policy["id"] as Json);
    if (typeof policy["stage"] === "string") checkStage(context, stages, policy["stage"], [...path, "stage"]);
    each(policy["requires"], [...path, "requires"], (text, place) => checkEdge(context, stages, text, place));
    each(policy["distinct"], [...path, "distinct"], (text, place) => checkPerson(context, stages, text, place));
  }
}

function each(value: Json | undefined, path: Path, check: (text: string, path: Path) => void): void {
  if (!Array.isArray(value)) return;
  for (const [index, text] of value.entries()) if (typeof text === "string") check(text, [...path, index]);
}

function checkForm({ findings }: CheckContext, policy: Record<string, unknown>, path: Path, isTwice: boolean): void {
  const fault = (key: string, message: string, help?: string) =>
    findings.error("bad-policy", { path: [...path, key] }, message, help);
  const has = (key: string) => Object.hasOwn(policy, key);
  if (isTwice) fault("id", `there is a policy \`${String(policy["id"])}\` already`, "give it another id");
  const says = ["requires", "mustCompensate", "distinct"].filter(has);
  if (says.length === 0) {
    const help = "`requires: [gate.approved]`, `mustCompensate: true` or `distinct: [inputs.requester, gate]`";
    findings.error("bad-policy", { path }, "this policy asks for nothing", help);
  }
  for (const key of ["requires", "mustCompensate"]) {
    if (has(key) && !has("stage")) fault(key, `\`${key}\` is asked of no stage`, "add `stage`: the stage it guards");
  }
  if (has("when") && !has("requires")) fault("when", "`when` goes with `requires` only", "remove it");
}

function checkStage({ findings }: CheckContext, stages: ReadonlyMap<string, Named>, id: string, path: Path): boolean {
  const named = stages.get(id);
  if (named === undefined) {
    const close = nearest(id, stages.keys());
    const help = close === undefined ? undefined : `did you mean \`${close}\`?`;
    findings.error("unknown-stage", { path }, `there is no stage \`${id}\``, help);
  } else if (named.count > 1) {
    findings.error("bad-policy", { path }, `there are ${named.count} stages \`${id}\``, "give them ids of their own");
  }
  return named?.count === 1;
}

function checkEdge(context: CheckContext, stages: ReadonlyMap<string, Named>, text: string, path: Path): void {
  const { id, outcome } = splitEdge(text);
  if (!checkStage(context, stages, id, path)) return;
  const { outcomes } = stages.get(id) as Named;
  const isPlain = outcomes.length === 1 && outcomes[0] === "succeeded";
  if (outcome === null) {
    if (isPlain) return;
    const message = `\`${id}\` ends with ${outcomes.join(", ")}: a policy names one`;
    context.findings.error("ambiguous-need", { path }, message, `for instance \`${id}.${outcomes[0]}\``);
    return;
  }
  const all = [...outcomes, ...COMMON_OUTCOMES.filter((common) => common !== "succeeded"), "done"];
  if (all.includes(outcome)) return;
  const close = nearest(outcome, all);
  const help = `${close === undefined ? "" : `did you mean \`${id}.${close}\`? `}it ends with ${outcomes.join(", ")}`;
  context.findings.error("unknown-outcome", { path }, `\`${id}\` never ends with \`${outcome}\``, help);
}

function checkPerson(context: CheckContext, stages: ReadonlyMap<string, Named>, text: string, path: Path): void {
  const { raw, findings } = context;
  if (!text.startsWith("inputs.")) {
    if (!checkStage(context, stages, text, path) || stages.get(text)?.isGate === true) return;
    const help = "name approvals, and inputs that hold a person: `inputs.requester`";
    findings.error("bad-policy", { path }, `nobody decides at \`${text}\``, help);
    return;
  }
  const name = text.split(".")[1] as string;
  const inputs = isObject(raw["inputs"]) ? raw["inputs"] : {};
  if (Object.hasOwn(inputs, name)) return;
  const close = nearest(name, Object.keys(inputs));
  const help = close === undefined ? undefined : `did you mean \`inputs.${close}\`?`;
  findings.error("unknown-field", { path }, `there is no input \`${name}\``, help);
}

/** By id: the definition's own, and of what it calls those it has not itself. */
function stagesOf({ model, called }: CheckContext): ReadonlyMap<string, Named> {
  const own = new Map<string, Named>();
  const others = new Map<string, Named>();
  const add = (to: Map<string, Named>, id: string, outcomes: readonly string[], isGate: boolean) =>
    to.set(id, { outcomes, isGate, count: (to.get(id)?.count ?? 0) + 1 });
  const addGraph = (graph: Graph | undefined) => {
    for (const { id, outcomes, kind, graph: inner } of graph?.stages ?? []) {
      add(others, id, outcomes, isGate(kind, outcomes));
      addGraph(inner);
    }
  };
  for (const { id, outcomes, type, info } of model.stages) {
    add(own, id, outcomes, isGate(type?.kind, outcomes));
    const other = type?.kind === "workflow" ? called(String(info.with["workflow"])) : undefined;
    if (other?.state !== "ready") continue;
    const workflow: WorkflowPlan = other.workflow;
    addGraph(workflow.graph);
    addGraph(workflow.finally);
  }
  return new Map([...others, ...own]);
}

function isGate(kind: string | undefined, outcomes: readonly string[]): boolean {
  return kind === "wait" && outcomes.includes("approved");
}
