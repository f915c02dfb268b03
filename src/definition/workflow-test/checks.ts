import { isObject, type Json, type JsonObject } from "../../core/json.js";
import { COMMON_OUTCOMES, type Plan, type StagePlan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import type { Findings, Path } from "../findings.js";
import { valueMeant } from "../foreign-words.js";
import { checkInputs } from "../inputs.js";
import { entriesOf } from "../model.js";
import { findStage, missingPlace } from "./address.js";

/** What a test file is checked against. */
export interface TestContext {
  readonly raw: JsonObject;
  readonly plan: Plan;
  readonly findings: Findings;
  readonly host: { readonly knownUsers: readonly string[] };
}

/** A stage may also be left as one of these when its run waits. */
export const UNENDED = ["pending", "queued", "waiting", "retrying", "open", "held"];
const UNDO = ".compensate";

export function checkCase(context: TestContext, entry: JsonObject, path: Path): void {
  checkCaseInputs(context, entry, path);
  checkMocks(context, entry["mocks"], [...path, "mocks"]);
  checkApprovals(context, entry["approvals"], [...path, "approvals"]);
  if (isObject(entry["expect"])) checkExpect(context, entry["expect"], [...path, "expect"]);
}

function checkCaseInputs({ raw, plan, findings }: TestContext, entry: JsonObject, path: Path): void {
  const shared = isObject(raw["inputs"]) ? raw["inputs"] : {};
  const own = isObject(entry["inputs"]) ? entry["inputs"] : {};
  for (const issue of checkInputs(plan.workflow, { ...shared, ...own }).issues) {
    const name = issue.path.split(/[.[]/)[0] as string;
    const isShared = !Object.hasOwn(own, name) && Object.hasOwn(shared, name);
    const owner = isShared ? ["inputs"] : isObject(entry["inputs"]) ? [...path, "inputs"] : [...path, "name"];
    const place = issue.code === "missing-input" ? { path: owner, part: "key" as const } : { path: [...owner, name] };
    findings.error(
      issue.code,
      issue.code === "unknown-input" ? { ...place, part: "key" } : place,
      issue.message,
      issue.help,
    );
  }
}

/** The stage behind an address, said where there is none. `exact`: it must be one that does work itself. */
function stageAt(
  context: TestContext,
  address: string,
  path: Path,
  exact: boolean,
  atKey = true,
): StagePlan | undefined {
  const found = findStage(context.plan, address);
  const fault = "problem" in found ? found : exact ? missingPlace(found) : undefined;
  if (fault !== undefined && "problem" in fault) {
    context.findings.error("unknown-stage", { path, part: atKey ? "key" : "value" }, fault.problem, fault.help);
    return undefined;
  }
  return "stage" in found ? found.stage : undefined;
}

export function checkMocks(context: TestContext, mocks: Json | undefined, path: Path): void {
  for (const [address, entries] of entriesOf(mocks)) {
    const at = [...path, address];
    const isUndo = address.endsWith(UNDO);
    const stage = stageAt(context, isUndo ? address.slice(0, -UNDO.length) : address, at, true);
    if (stage === undefined) continue;
    const misplaced = isUndo ? undoProblem(stage) : mockProblem(stage);
    if (misplaced !== undefined) {
      context.findings.error("misplaced-mock", { path: at, part: "key" }, misplaced[0], misplaced[1]);
      continue;
    }
    for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) {
      if (isObject(entry)) checkMock(context, stage, entry, [...at, index]);
    }
  }
}

function undoProblem({ id, compensate }: StagePlan): readonly [string, string?] | undefined {
  return compensate === undefined ? [`\`${id}\` has no \`compensate\``] : undefined;
}

function mockProblem({ id, kind }: StagePlan): readonly [string, string?] | undefined {
  if (kind === "wait")
    return [`\`${id}\` waits: it cannot be mocked`, "script it under `approvals` or `events`; time passes by itself"];
  if (kind === "end") return [`\`${id}\` ends the run: there is nothing to mock`];
  return undefined;
}

function checkMock({ findings }: TestContext, stage: StagePlan, entry: JsonObject, path: Path): void {
  const { outcome, error, cassette } = entry;
  if (cassette !== undefined) {
    const at = { path: [...path, "cassette"], part: "key" } as const;
    const message = "an attempt with a `cassette` is performed, and comes to what it comes to";
    if (stage.kind !== "effect") {
      findings.error("contradictory-mock", at, `\`${stage.id}\` performs nothing of itself: no model is asked there`);
    } else if (Object.keys(entry).length > 1) findings.error("contradictory-mock", at, message);
    return;
  }
  const also = ["outputs", "outcome"].find((key) => Object.hasOwn(entry, key));
  if (error !== undefined && also !== undefined) {
    findings.error(
      "contradictory-mock",
      { path: [...path, also], part: "key" },
      `an attempt that fails has no \`${also}\``,
    );
  }
  const needsError = ["message", "retryable"].find((key) => error === undefined && Object.hasOwn(entry, key));
  if (needsError !== undefined) {
    findings.error(
      "contradictory-mock",
      { path: [...path, needsError], part: "key" },
      `\`${needsError}\` needs an \`error\``,
    );
  }
  if (stage.kind === "pure" && entry["after"] !== undefined) {
    const message = `\`${stage.id}\` is a pure stage: it takes no time`;
    findings.error("contradictory-mock", { path: [...path, "after"], part: "key" }, message);
  }
  if (typeof outcome === "string") checkOutcome(findings, stage, outcome, stage.outcomes, [...path, "outcome"]);
}

function checkApprovals(context: TestContext, approvals: Json | undefined, path: Path): void {
  const { findings, host } = context;
  for (const [address, decisions] of entriesOf(approvals)) {
    const at = [...path, address];
    const stage = stageAt(context, address, at, true);
    if (stage === undefined) continue;
    if (stage.kind !== "wait" || stage.uses === "wait") {
      findings.error(
        "not-an-approval",
        { path: at, part: "key" },
        `\`${stage.id}\` asks nobody: it uses ${stage.uses}`,
      );
      continue;
    }
    for (const [index, entry] of (Array.isArray(decisions) ? decisions : []).entries()) {
      if (!isObject(entry)) continue;
      const { by, outcome, expectRefused } = entry;
      if (typeof by === "string" && host.knownUsers.length > 0 && !host.knownUsers.includes(by)) {
        const close = nearest(by, host.knownUsers);
        const help = close === undefined ? `users: ${host.knownUsers.join(", ")}` : `did you mean \`${close}\`?`;
        findings.error("unknown-user", { path: [...at, index, "by"] }, `the project has no user \`${by}\``, help);
      }
      const possible = stage.outcomes.filter((name) => name !== "expired");
      if (typeof outcome === "string" && expectRefused !== true) {
        checkOutcome(findings, stage, outcome, possible, [...at, index, "outcome"]);
      }
    }
  }
}

function checkExpect(context: TestContext, expect: JsonObject, path: Path): void {
  const { findings, plan } = context;
  for (const [address, expected] of entriesOf(expect["stages"])) {
    const at = [...path, "stages", address];
    const stage = stageAt(context, address, at, false);
    const outcome = isObject(expected) ? expected["outcome"] : expected;
    if (stage === undefined || typeof outcome !== "string") continue;
    const possible = [...new Set([...stage.outcomes, ...COMMON_OUTCOMES.slice(1), ...UNENDED])];
    checkOutcome(findings, stage, outcome, possible, isObject(expected) ? [...at, "outcome"] : at);
  }
  const order = Array.isArray(expect["order"]) ? expect["order"] : [];
  for (const [index, address] of order.entries()) {
    if (typeof address === "string") stageAt(context, address, [...path, "order", index], false, false);
  }
  for (const [name] of entriesOf(expect["state"])) {
    if (Object.hasOwn(plan.workflow.state, name)) continue;
    const close = nearest(name, Object.keys(plan.workflow.state));
    const help = close === undefined ? undefined : `did you mean \`${close}\`?`;
    findings.error(
      "unknown-state",
      { path: [...path, "state", name], part: "key" },
      `there is no state field \`${name}\``,
      help,
    );
  }
}

function checkOutcome(
  findings: Findings,
  stage: StagePlan,
  outcome: string,
  possible: readonly string[],
  path: Path,
): void {
  if (possible.includes(outcome)) return;
  const close = valueMeant(outcome, possible) ?? nearest(outcome, possible);
  const list = possible.filter((name) => !UNENDED.includes(name)).join(", ");
  const help = close === undefined ? `it ends with ${list}` : `did you mean \`${close}\`? it ends with ${list}`;
  findings.error("unknown-outcome", { path }, `\`${stage.id}\` never ends with \`${outcome}\``, help);
}
