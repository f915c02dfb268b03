import type { JsonObject } from "../../core/json.js";
import type { PolicyPlan, WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import type { Findings } from "../findings.js";
import { MOST_CASES } from "./cases.js";
import { checkDecided } from "./decided.js";
import { checkDistinct } from "./distinct.js";
import { type Answer, createProver, type Prover } from "./prove.js";
import { checkReach } from "./reach.js";
import { spaceOf } from "./space.js";
import { checkTimes } from "./time.js";
import { checkCompensated, checkRollbacks } from "./undo.js";
import { compilePolicy, type Policy, policiesOf } from "./written.js";

/** What is to be proved of a definition in which no other error was found. */
export interface Subject {
  readonly raw: JsonObject;
  readonly workflow: WorkflowPlan;
  readonly called: Readonly<Record<string, WorkflowPlan>>;
  readonly registry: Registry;
  readonly findings: Findings;
}

/** Proves every policy over all paths, and that the graph as such is sound. Gives the policies as a run is held to them. */
export function checkPolicies({ raw, workflow, called, registry, findings }: Subject): readonly PolicyPlan[] {
  const space = spaceOf(workflow, called);
  checkReach(space, findings);
  checkTimes(space, workflow, registry, findings);
  checkDecided(space, workflow, registry, findings);
  checkRollbacks(space, registry, findings);
  const policies = policiesOf(raw["policies"], space);
  const prover = createProver(space, workflow, registry);
  for (const policy of policies) {
    checkRequired(policy, prover, findings);
    checkCompensated(policy, registry, findings);
    checkDistinct(policy, prover, findings);
  }
  return policies.map(compilePolicy);
}

/** The edges a stage requires: it cannot be reached without them. */
function checkRequired({ id, stage, requires, when }: Policy, prover: Prover, findings: Findings): void {
  if (stage === undefined) return;
  for (const { edge, text, path } of requires) {
    const answer = prover.ask({ begin: [stage], without: edge, when });
    if (answer.kind === "never") continue;
    if (answer.kind === "unknown") {
      const message = `policy \`${id}\`: there are too many ways to \`${stage.plan.id}\` to prove that all lead through \`${text}\``;
      findings.error("policy-violated", { path }, message, "let the stages in between need it by name");
      continue;
    }
    const inCase = answer.when.length === 0 ? "" : `${answer.when.join(", ")}: `;
    const message = `policy \`${id}\` does not hold: ${inCase}${answer.way}, without ${text}`;
    findings.error("policy-violated", { path }, message, helpFor(answer, stage.plan.id, text));
  }
}

function helpFor({ open, unsplit }: Extract<Answer, { kind: "possible" }>, stage: string, text: string): string {
  const notes = [`let every way to \`${stage}\` lead through \`${text}\``];
  if (open.length > 0) {
    const names = open.map((address) => `\`${address}\``).join(", ");
    notes.push(`what ${names} will decide is not known before the run, so each outcome was taken as possible`);
  }
  if (unsplit.length > 0) {
    notes.push(
      `over ${MOST_CASES} cases: ${unsplit.join(", ")} were not told apart, and every value taken as possible`,
    );
  }
  return notes.join("; ");
}
