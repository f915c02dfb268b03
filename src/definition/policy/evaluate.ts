import { pathOf } from "../../core/expression/guards.js";
import { compileExpression, type Expression, ExpressionError } from "../../core/expression/index.js";
import type { Node, Relation } from "../../core/expression/syntax/ast.js";
import type { Json } from "../../core/json.js";
import { ABSENT, type Datum } from "./cells.js";
import type { Origin, Origins, Standing } from "./origin.js";

/** What a field is in one case: one value, or several where the case leaves it open. */
export type Case = (field: string) => readonly Datum[] | undefined;

/** What it may come to; undefined: anything. `ABSENT` among booleans stands for an expression that fails. */
export type Range = readonly Datum[] | undefined;

export interface Evaluator {
  readonly origins: Origins;
  /** What a stage type may give out as its result. */
  readonly results: (origin: Extract<Origin, { kind: "result" }>, of: Case) => Range;
}

const RELATIONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">=", "in"];

export function isRelation(operator: string): operator is Relation {
  return RELATIONS.includes(operator);
}

/** A constant as written: a literal, a negative number, a list of them. */
export function constantOf(node: Node): Json | undefined {
  if (node.kind === "literal") return node.value;
  if (node.kind === "unary" && node.operator === "-") {
    const value = constantOf(node.operand);
    return typeof value === "number" ? -value : undefined;
  }
  if (node.kind !== "list") return undefined;
  const items = node.items.map(({ value, optional }) => (optional ? undefined : constantOf(value)));
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** All an expression may come to in one case. */
export function rangeOf(node: Node, standing: Standing, of: Case, evaluator: Evaluator): Range {
  const range = (other: Node) => rangeOf(other, standing, of, evaluator);
  const constant = constantOf(node);
  if (constant !== undefined) return [constant];
  const path = pathOf(node);
  if (path !== undefined) {
    const values = rangeOfOrigin(evaluator.origins.of(path, standing), of, evaluator);
    // A stage may not have run; where that makes the expression fail, it is neither true nor false.
    return path[0] === "stages" ? values && distinct([...values, ABSENT]) : values;
  }
  switch (node.kind) {
    case "has":
      return range(node.operand)?.map((value) => value !== ABSENT);
    case "unary":
      return node.operator === "!"
        ? truths(range(node.operand)).map((value) => (value === ABSENT ? value : !value))
        : undefined;
    case "conditional": {
      const test = truths(range(node.test));
      const ways = [test.includes(true) ? range(node.then) : [], test.includes(false) ? range(node.otherwise) : []];
      return ways.some((way) => way === undefined) ? undefined : distinct(ways.flatMap((way) => way ?? []));
    }
    case "call":
      return node.name === "coalesce" ? firstThere(node.args.map(range)) : undefined;
    case "binary":
      if (node.operator === "&&" || node.operator === "||") {
        return joined(truths(range(node.left)), truths(range(node.right)), node.operator === "||");
      }
      return isRelation(node.operator) ? compared(node.operator, node.left, node.right, range) : undefined;
    default:
      return undefined;
  }
}

export function rangeOfOrigin(origin: Origin | undefined, of: Case, evaluator: Evaluator): Range {
  switch (origin?.kind) {
    case "field":
      return of(origin.name);
    case "constant":
      return [origin.value];
    case "expression":
      return rangeOf(origin.node, origin.standing, of, evaluator);
    case "result":
      return evaluator.results(origin, of);
    default:
      return undefined;
  }
}

/** A condition that is not decided may be true and may be false. */
export function truths(range: Range): readonly Datum[] {
  return range ?? [true, false];
}

/** `decisive` on either side settles it, whatever the other side is. */
function joined(left: readonly Datum[], right: readonly Datum[], decisive: boolean): readonly Datum[] {
  const pairs = left.flatMap((one) =>
    right.map((other): Datum => {
      if (one === decisive || other === decisive) return decisive;
      return one === ABSENT || other === ABSENT ? ABSENT : !decisive;
    }),
  );
  return distinct(pairs);
}

function firstThere([first, ...rest]: readonly Range[]): Range {
  if (first === undefined) return undefined;
  const there = first.filter((value) => value !== ABSENT && value !== null);
  if (there.length === first.length || rest.length === 0) return first;
  const others = firstThere(rest);
  return others && distinct([...there, ...others]);
}

/** With a constant on one side: what stands for a cell compares with it as all of the cell does. */
function compared(operator: Relation, left: Node, right: Node, range: (node: Node) => Range): Range {
  if (constantOf(left) === undefined && constantOf(right) === undefined) return undefined;
  const [ones, others] = [range(left), range(right)];
  if (ones === undefined || others === undefined) return undefined;
  // The texts of one cell are alike in what they equal, not in what they come before.
  if (/^[<>]/.test(operator) && [...ones, ...others].some((value) => typeof value === "string")) return undefined;
  return distinct(ones.flatMap((one) => others.map((other) => compare(operator, one, other))));
}

const compiled = new Map<string, Expression>();

function compare(operator: Relation, a: Datum, b: Datum): Datum {
  if (a === ABSENT || b === ABSENT) return ABSENT;
  const known = compiled.get(operator) ?? compileExpression(`a ${operator} b`).expression;
  if (known === undefined) return ABSENT;
  compiled.set(operator, known);
  try {
    return known.evaluate((name) => (name === "a" ? a : b), { now: 0 }) as Json;
  } catch (fault) {
    if (fault instanceof ExpressionError) return ABSENT;
    throw fault;
  }
}

function distinct(values: readonly Datum[]): readonly Datum[] {
  return [...new Set(values)];
}
