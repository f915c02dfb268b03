import { pathOf } from "../../core/expression/guards.js";
import { isObject, type Json } from "../../core/json.js";
import type { Template, WorkflowPlan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import type { Registry } from "../../plugin/registry.js";
import type { Findings, Path } from "../findings.js";
import { type Claim, createClaims } from "./claims.js";
import { createDecider, type Decider, type Ending } from "./decider.js";
import { infoOfSpot, type Origin } from "./origin.js";
import type { Space, Spot } from "./space.js";

/** Conditions, cases and stages that turn out the same in every run, decided over all values there can be. */
export function checkDecided(space: Space, workflow: WorkflowPlan, registry: Registry, findings: Findings): void {
  const decider = createDecider(workflow, registry);
  const dead = new Set<Spot>();
  const claimsAt = createClaims();
  for (const spot of space.forward) {
    if (spot.workflow !== workflow) continue;
    const claims = claimsAt(spot);
    const follows = dead.size > 0 && isAfter(spot, dead);
    if (!follows && claims.length > 0 && !decider.together(claims)) {
      dead.add(spot);
      const together = claims.length === 1 ? "never holds" : "never hold together";
      const message = `no run comes to \`${spot.plan.id}\`: ${textOf(claims)} ${together}`;
      findings.warning(
        "unreachable",
        { path: spot.path, part: "key" },
        message,
        "mend the conditions on the way to it",
      );
    }
    if (follows) dead.add(spot);
    if (dead.has(spot)) continue;
    checkConditions(spot, claims, decider, findings);
    if (spot.plan.kind === "pure" && spot.plan.outcomes.length > 1) checkCases(spot, claims, decider, findings);
  }
}

/** Some stage that is never reached would have to run first. */
function isAfter({ needs, owner }: Spot, dead: ReadonlySet<Spot>): boolean {
  if (owner !== undefined && dead.has(owner)) return true;
  return needs.some(({ edges }) => edges.every(({ spot, outcome }) => dead.has(spot) && outcome !== "omitted"));
}

function checkConditions(spot: Spot, claims: readonly Claim[], decider: Decider, findings: Findings): void {
  const { plan, path } = spot;
  const say = (at: Path, truth: boolean, where: string, help: string) =>
    findings.warning(
      "constant-condition",
      { path: [...path, ...at] },
      `this condition is always ${truth}${where}`,
      help,
    );
  const alone = (template: Template | undefined, at: Path, help: string): boolean => {
    const found = template === undefined ? undefined : decider.condition(template, { from: spot }, []);
    if (found?.size === 1) say(at, found.has(true), "", help);
    return found?.size === 1;
  };
  const help = "remove it, or the stage";
  if (plan.if !== undefined && !alone(plan.if, ["if"], help) && claims.length > 0) {
    const found = decider.condition(plan.if, { from: spot }, claims);
    if (found?.size === 1) say(["if"], found.has(true), ` here, after ${textOf(claims)}`, help);
  }
  alone(plan.repeat?.until, ["repeat", "until"], "without a condition it repeats `maxIterations` times");
  alone(plan.forEach?.completeWhen, ["forEach", "completeWhen"], "remove it");
  alone(plan.retry?.if, ["retry", "if"], "remove it, or the retry");
  for (const [index, rule] of plan.onError.entries())
    alone(rule.if, ["onError", index, "if"], "remove it, or the rule");
}

/** Cases that never count, and values for which nothing follows. */
function checkCases(spot: Spot, claims: readonly Claim[], decider: Decider, findings: Findings): void {
  const endings = decider.ends(spot, claims);
  if (endings === undefined || endings.length === 0) return;
  const possible = new Set(endings.map(({ outcome }) => outcome));
  for (const outcome of spot.plan.outcomes) {
    const at = writtenAt(spot.plan.with, outcome);
    if (possible.has(outcome) || at === undefined) continue;
    const message = `no run takes case \`${outcome}\`: whenever it would hold, an earlier one does, or it never does`;
    findings.warning("unreachable-case", { path: [...spot.path, ...at] }, message, meant(spot, at, decider));
  }
  // One case of what is true or false asks whether, not which: that nothing follows otherwise is what it says.
  if (spot.plan.outcomes.length === 2 && endings.every(isOfTruth)) return;
  for (const outcome of possible) {
    const isImplicit = writtenAt(spot.plan.with, outcome) === undefined;
    const { handled } = spot.plan;
    if (!isImplicit || handled.length === 0 || handled.includes(outcome) || handled.includes("done")) continue;
    const values = valuesFor(endings, outcome);
    if (values === undefined) continue;
    const message = `nothing follows when ${values}: no case names it, and no stage needs \`${spot.plan.id}.${outcome}\``;
    const help = `add a case for it, or a stage that needs \`${spot.plan.id}.${outcome}\``;
    findings.warning("unhandled-case", { path: spot.path, part: "key" }, message, help);
  }
}

function isOfTruth({ cells }: Ending): boolean {
  return cells.every(({ value }) => typeof value === "boolean");
}

/** Below the stage: where its input names the outcome. */
function writtenAt(input: Json | undefined, outcome: string): readonly string[] | undefined {
  if (!isObject(input)) return undefined;
  for (const [key, value] of Object.entries(input)) {
    if (isObject(value) && Object.hasOwn(value, outcome)) return ["with", key, outcome];
  }
  return undefined;
}

/** The values there are, where the case lists others: `did you mean "invoice"?` */
function meant(spot: Spot, at: readonly string[], decider: Decider): string {
  const field = (origin: Origin | undefined): Origin | undefined => {
    const path = origin?.kind === "expression" ? pathOf(origin.node) : undefined;
    return origin?.kind === "expression" && path !== undefined ? decider.origins.of(path, origin.standing) : origin;
  };
  const written = at
    .slice(1)
    .reduce<Json | undefined>((so, key) => (isObject(so) ? so[key] : undefined), spot.plan.with);
  for (const { path } of decider.origins.cutsOf(spot) ?? []) {
    const origin = field(decider.origins.within(infoOfSpot(spot).with, path, { from: spot }));
    const allowed = origin?.kind === "field" ? origin.schema["enum"] : undefined;
    if (!Array.isArray(allowed) || allowed.includes(written as Json)) continue;
    const close = nearest(String(written), allowed.map(String));
    return `${close === undefined ? "" : `did you mean \`${close}\`? `}it is one of ${allowed.map(String).join(", ")}`;
  }
  return "remove it, or move it up";
}

/** `inputs.kind = "refund"`: only where one field decides, and its values can be listed. */
function valuesFor(endings: readonly Ending[], outcome: string): string | undefined {
  const cases = endings.filter((ending) => ending.outcome === outcome);
  const [first] = cases;
  const [field, ...others] = first?.fields ?? [];
  if (field === undefined || others.length > 0 || field.isOpen) return undefined;
  const values = cases.map(({ cells }) => JSON.stringify(cells[0]?.value) ?? "absent");
  return `\`${field.name}\` is ${values.join(" or ")}`;
}

/** `route.large and the condition of check`. */
function textOf(claims: readonly Claim[]): string {
  const texts = claims.map(({ spot, outcome }) =>
    outcome === undefined ? `the condition of \`${spot.plan.id}\`` : `\`${spot.plan.id}.${outcome}\``,
  );
  return [texts.slice(0, -1).join(", "), ...texts.slice(-1)].filter(Boolean).join(" and ");
}
