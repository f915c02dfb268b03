import type { Node } from "./syntax/ast.js";

/** Steps from a name: `["stages", "pay"]`; null for an index not known before the run. */
export type Path = readonly (string | number | null)[];

/** A path known to lead somewhere; with `notNull`, to something other than null. */
export interface Fact {
  readonly path: Path;
  readonly notNull: boolean;
}

/** The path of `a.b[0]`, or undefined when the chain does not start at a name. */
export function pathOf(node: Node): Path | undefined {
  if (node.kind === "name") return [node.name];
  if (node.kind === "select") return extended(node.target, node.field);
  if (node.kind !== "index") return undefined;
  const { index } = node;
  const known = index.kind === "literal" && (typeof index.value === "string" || typeof index.value === "number");
  return extended(node.target, known ? (index.value as string | number) : null);
}

function extended(target: Node, step: string | number | null): Path | undefined {
  const path = pathOf(target);
  return path && [...path, step];
}

/** What is known when the node has turned out `truth`. */
export function factsOf(node: Node, truth: boolean): readonly Fact[] {
  if (node.kind === "unary" && node.operator === "!") return factsOf(node.operand, !truth);
  if (node.kind === "has") return truth ? known(node.operand, false) : [];
  if (node.kind === "call" && node.name === "hasValue") return truth ? known(node.args[0], false) : [];
  if (node.kind !== "binary") return [];
  if (node.operator === (truth ? "&&" : "||")) return [...factsOf(node.left, truth), ...factsOf(node.right, truth)];
  if (node.operator === "in" && truth && node.left.kind === "literal") return keyFact(node.left.value, node.right);
  if (node.operator === (truth ? "!=" : "==")) {
    if (isNull(node.right)) return known(node.left, true);
    if (isNull(node.left)) return known(node.right, true);
  }
  // Equal to a constant: so it is there, and not null.
  if (node.operator === (truth ? "==" : "!=")) {
    if (node.right.kind === "literal") return known(node.left, true);
    if (node.left.kind === "literal") return known(node.right, true);
  }
  return [];
}

function known(node: Node | undefined, notNull: boolean): readonly Fact[] {
  const path = node && pathOf(node);
  return path && !path.includes(null) ? [{ path, notNull }] : [];
}

function keyFact(key: unknown, object: Node): readonly Fact[] {
  const path = pathOf(object);
  return path && typeof key === "string" && !path.includes(null) ? [{ path: [...path, key], notNull: false }] : [];
}

export function isNull(node: Node): boolean {
  return node.kind === "literal" && node.value === null;
}

/** Whether one path begins with all of the other. */
export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => step === path[i]);
}
