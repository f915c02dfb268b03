import { readPath } from "./compute/path.js";
import { type Fact, factsOf, isNull, type Path, pathOf, startsWith } from "./guards.js";
import { type Binary, type Call, childrenOf, type Macro, type Node } from "./syntax/ast.js";

/**
 * A value of the surroundings that an expression reads. `path` starts with a top-level name; null is an index not
 * known before the run. `guarded`: absence somewhere along it is provided for, by `has()`, `.?`, `get()`,
 * `coalesce()`, or an equivalent test of the path, of a part of it below its name, or of something beyond it.
 */
export interface Reference {
  readonly path: Path;
  readonly start: number;
  readonly end: number;
  readonly guarded: boolean;
}

interface Context {
  /** Variables of macros. */
  readonly variables: readonly string[];
  readonly facts: readonly Fact[];
  /** A chain here may lead nowhere. */
  readonly tolerant: boolean;
  /** Within `coalesce`, where absence anywhere below is forgiven. */
  readonly forgiven: boolean;
}

/** In order of appearance. */
export function referencesOf(root: Node): readonly Reference[] {
  const found: Reference[] = [];
  visit(root, { variables: [], facts: [], tolerant: false, forgiven: false }, found);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

function visit(node: Node, context: Context, found: Reference[]): void {
  const path = pathOf(node);
  const strict = context.tolerant ? { ...context, tolerant: false } : context;
  if (path !== undefined) visitChain(node, path, context, found);
  else if (node.kind === "has") visit(node.operand, { ...context, tolerant: true }, found);
  else if (node.kind === "macro") visitMacro(node, strict, found);
  else if (node.kind === "call") visitCall(node, strict, found);
  else if (node.kind === "binary") visitBinary(node, strict, found);
  else if (node.kind === "conditional") {
    visit(node.test, strict, found);
    visit(node.then, learn(strict, node.test, true), found);
    visit(node.otherwise, learn(strict, node.test, false), found);
  } else for (const child of childrenOf(node)) visit(child, strict, found);
}

function visitMacro(node: Macro, context: Context, found: Reference[]): void {
  visit(node.target, context, found);
  const inner = { ...context, variables: [...context.variables, node.variable] };
  if (node.filter) visit(node.filter, inner, found);
  visit(node.body, node.filter ? learn(inner, node.filter, true) : inner, found);
}

function visitBinary(node: Binary, context: Context, found: Reference[]): void {
  const nullTest = (node.operator === "==" || node.operator === "!=") && (isNull(node.left) || isNull(node.right));
  const side = nullTest ? { ...context, tolerant: true } : context;
  visit(node.left, side, found);
  const decides = node.operator === "&&" || node.operator === "||";
  visit(node.right, decides ? learn(side, node.left, node.operator === "&&") : side, found);
}

function learn(context: Context, test: Node, truth: boolean): Context {
  return { ...context, facts: [...context.facts, ...factsOf(test, truth)] };
}

/** A chain counts once, at its full length; what stands in its brackets counts for itself. */
function visitChain(node: Node, path: Path, context: Context, found: Reference[]): void {
  let optional = false;
  for (let at = node; at.kind === "select" || at.kind === "index"; at = at.target) {
    if (at.kind === "index") visit(at.index, { ...context, tolerant: false }, found);
    optional ||= at.optional;
  }
  if (context.variables.includes(path[0] as string)) return;
  const tested = context.facts.some(
    (fact) => fact.path.length > 1 && (startsWith(path, fact.path) || startsWith(fact.path, path.slice(0, 2))),
  );
  found.push({
    path,
    start: node.start,
    end: node.end,
    guarded: optional || context.tolerant || context.forgiven || tested,
  });
}

function visitCall(node: Call, context: Context, found: Reference[]): void {
  const tolerant = { ...context, tolerant: true, forgiven: true };
  const [object, path] = node.args;
  if (node.name === "coalesce") {
    for (const arg of node.args) visit(arg, tolerant, found);
  } else if (node.name === "get" && object && path) {
    const base = pathOf(object);
    const steps = path.kind === "literal" && typeof path.value === "string" ? readPath(path.value) : undefined;
    if (base === undefined) visit(object, tolerant, found);
    else visitChain(object, [...base, ...(steps ?? [null])], tolerant, found);
    for (const arg of node.args.slice(1)) visit(arg, context, found);
  } else {
    for (const arg of node.args) visit(arg, context, found);
  }
}
