import { pathOf } from "../../core/expression/guards.js";
import { compileTemplate } from "../../core/expression/template.js";
import { isObject, type Json } from "../../core/json.js";
import type { Findings } from "../findings.js";
import { treeOf } from "./origin.js";
import type { Prover } from "./prove.js";
import type { Spot } from "./space.js";
import type { Person, Policy } from "./written.js";

type Gate = Extract<Person, { spot: Spot }>;

/** People who must not be the same: every later gate's `forbid` names who asked, and who decided before. */
export function checkDistinct({ id, distinct }: Policy, prover: Prover, findings: Findings): void {
  const gates = distinct.filter((person): person is Gate => "spot" in person);
  for (const person of distinct) {
    if (!("input" in person)) continue;
    for (const gate of gates) {
      if (forbids(gate.spot, ["inputs", ...person.input])) continue;
      const message = `policy \`${id}\`: whoever is \`${person.text}\` may also decide at \`${gate.text}\``;
      findings.error("policy-distinct", { path: gate.path }, message, `add to its forbid: "\${{ ${person.text} }}"`);
    }
  }
  for (const [index, one] of gates.entries()) {
    for (const other of gates.slice(index + 1)) checkPair(id, one, other, prover, findings);
  }
}

function checkPair(id: string, one: Gate, other: Gate, prover: Prover, findings: Findings): void {
  if (prover.ask({ begin: [one.spot, other.spot] }).kind === "never") return;
  const order = isAfter(other.spot, one.spot) ? [one, other] : isAfter(one.spot, other.spot) ? [other, one] : undefined;
  if (order === undefined) {
    if (forbids(one.spot, decidersOf(other.spot)) || forbids(other.spot, decidersOf(one.spot))) return;
    const message = `policy \`${id}\`: \`${one.text}\` and \`${other.text}\` may be open at the same time, so neither can forbid who decides at the other`;
    const help =
      "the second decision of one person is refused as it is made; to rule it out before, let one gate need the other";
    findings.warning("policy-distinct", { path: other.path }, message, help);
    return;
  }
  const [earlier, later] = order as [Gate, Gate];
  const by = ["stages", earlier.spot.plan.id, "outputs", "by"];
  const all = decidersOf(earlier.spot);
  const isOne = decidesAlone(earlier.spot);
  if (forbids(later.spot, all) || (isOne && forbids(later.spot, by))) return;
  const message = `policy \`${id}\`: who decides at \`${earlier.text}\` may also decide at \`${later.text}\``;
  const help = isOne
    ? `add to its forbid: "\${{ ${by.join(".")} }}"`
    : `several people decide at \`${earlier.text}\`, so its forbid is one expression: \${{ ${all.join(".")}.map(d, d.by) }}, with others added by +`;
  findings.error("policy-distinct", { path: later.path }, message, help);
}

function decidersOf({ plan }: Spot): readonly string[] {
  return ["stages", plan.id, "outputs", "decisions"];
}

/** One decision is enough, so `by` names everybody. */
function decidesAlone({ plan }: Spot): boolean {
  const quorum = isObject(plan.with) ? plan.with["quorum"] : undefined;
  if (quorum === undefined) return true;
  return isObject(quorum) && [quorum["approve"] ?? 1, quorum["reject"] ?? 1].every((count) => count === 1);
}

/** Is the value at `path` among those its `forbid` lists? */
function forbids({ plan }: Spot, path: readonly string[]): boolean {
  const forbid: Json = isObject(plan.with) ? (plan.with["forbid"] ?? []) : [];
  const isIt = (found: readonly (string | number | null)[]) => path.every((step, index) => found[index] === step);
  if (Array.isArray(forbid)) {
    const listed = forbid.map((item) => (typeof item === "string" ? treeOf(item) : undefined));
    return listed.some((tree) => tree !== undefined && isExactly(pathOf(tree), path));
  }
  // One expression for the whole list: that it reads the value is as much as can be seen.
  return typeof forbid === "string" && compileTemplate(forbid).references.some((reference) => isIt(reference.path));
}

function isExactly(found: readonly (string | number | null)[] | undefined, path: readonly string[]): boolean {
  return found?.length === path.length && path.every((step, index) => found[index] === step);
}

/** Does `spot`, or what it is inside of, come after the other through `needs`? */
function isAfter(spot: Spot, other: Spot): boolean {
  const seen = new Set<Spot>();
  const queue: Spot[] = [spot];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { edges } of at.needs) {
      for (const edge of edges) {
        if (edge.spot === other || isInside(other, edge.spot)) return true;
        queue.push(edge.spot);
      }
    }
    if (at.owner !== undefined) queue.push(at.owner);
  }
  return false;
}

function isInside(spot: Spot, owner: Spot): boolean {
  for (let at = spot.owner; at !== undefined; at = at.owner) if (at === owner) return true;
  return false;
}
