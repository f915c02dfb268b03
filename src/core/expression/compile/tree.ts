import { arithmetic } from "../compute/arithmetic.js";
import { equals, order } from "../compute/compare.js";
import type { Fault } from "../fault.js";
import { chargeItems, type Frame, fail, fault } from "../frame.js";
import { isNull } from "../guards.js";
import type { Arithmetic, Binary, ListNode, MapNode, Name, Node, Relation, Unary } from "../syntax/ast.js";
import { Decimal, Duration, fieldOf, isList, isMap, kindOf, Optional, type Value } from "../value.js";
import { absorbed, compileIndex, compileProbe, compileSelect, unwrap } from "./access.js";
import { compileCall } from "./call.js";
import { compileMacro } from "./macro.js";
import type { Run, Scope } from "./scope.js";

/** A tree as one closure, its fixed cost, and what is wrong with it before any evaluation. */
export interface Compiled {
  readonly run: Run;
  readonly cost: number;
  readonly faults: readonly Fault[];
}

export function compileTree(node: Node): Compiled {
  const scope: Scope = { variables: [], faults: [], cost: 0 };
  const run = compile(node, scope);
  return { run, cost: scope.cost, faults: scope.faults };
}

function compile(node: Node, scope: Scope): Run {
  scope.cost++;
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return compileName(node, scope);
    case "select":
      return compileSelect(node, scope, compile);
    case "index":
      return compileIndex(node, scope, compile);
    case "call":
      return compileCall(node, scope, compile);
    case "unary":
      return compileUnary(node, scope);
    case "binary":
      return compileBinary(node, scope);
    case "conditional":
      return compileConditional(node, scope);
    case "list":
      return compileList(node, scope);
    case "map":
      return compileMap(node, scope);
    case "has": {
      const probe = compileProbe(node.operand, scope, compile);
      return (frame) => probe(frame) !== undefined;
    }
    case "macro":
      return compileMacro(node, scope, compile);
  }
}

function compileName(node: Name, scope: Scope): Run {
  const { name } = node;
  const slot = scope.variables.lastIndexOf(name);
  if (slot >= 0) return (frame) => frame.locals[slot]!;
  return (frame) => {
    const value = frame.names(name);
    if (value !== undefined) return value;
    throw fault(node, "unknown-name", `there is no \`${name}\` here`);
  };
}

function compileUnary(node: Unary, scope: Scope): Run {
  const operand = compile(node.operand, scope);
  if (node.operator === "!") return (frame) => !boolean(node.operand, operand(frame));
  return (frame) => {
    const value = operand(frame);
    if (typeof value === "number") return 0 - value;
    if (value instanceof Decimal) return new Decimal(-value.mantissa, value.scale);
    if (value instanceof Duration) return new Duration(0 - value.ms);
    throw fault(node, "type-mismatch", `cannot negate ${kindOf(value)}`);
  };
}

function compileBinary(node: Binary, scope: Scope): Run {
  const { operator } = node;
  if (operator === "==" || operator === "!=") return compileEquality(node, scope, operator === "==");
  const left = compile(node.left, scope);
  const right = compile(node.right, scope);
  switch (operator) {
    case "&&":
      return logical(node, left, right, false);
    case "||":
      return logical(node, left, right, true);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return ordering(node, operator, left, right);
    case "in":
      return membership(node, left, right);
    default:
      return calculation(node, operator, left, right);
  }
}

/** A test for null is a test for absence too: it is true of a field that is not there. */
function compileEquality(node: Binary, scope: Scope, wanted: boolean): Run {
  const tested = isNull(node.right) ? node.left : isNull(node.left) ? node.right : undefined;
  if (tested?.kind === "select" || tested?.kind === "index") {
    const probe = compileProbe(tested, scope, compile);
    return (frame) => ((unwrap(probe(frame)) ?? null) === null) === wanted;
  }
  const left = compile(node.left, scope);
  const right = compile(node.right, scope);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (a === b) return wanted;
    frame.site = node;
    return equals(frame, a, b) === wanted;
  };
}

/** `&&` is decided by false and `||` by true, on either side, whatever fault the other side ends in. */
function logical(node: Binary, left: Run, right: Run, decides: boolean): Run {
  return (frame) => {
    let a: boolean | Fault;
    try {
      a = boolean(node.left, left(frame));
    } catch (thrown) {
      a = absorbed(frame, thrown);
    }
    if (a === decides) return decides;
    const b = boolean(node.right, right(frame));
    if (b === decides || typeof a === "boolean") return b;
    throw a;
  };
}

function boolean(node: Node, value: Value): boolean {
  if (typeof value === "boolean") return value;
  const help = value instanceof Optional ? "write .orValue(false) to open an optional" : undefined;
  throw fault(node, "type-mismatch", `this must be true or false, not ${kindOf(value)}`, "error", help);
}

function ordering(node: Binary, operator: Relation, left: Run, right: Run): Run {
  const compare = (frame: Frame): number => {
    const a = left(frame);
    const b = right(frame);
    if (typeof a === "number" && typeof b === "number") return a - b;
    const result = order(a, b);
    if (result !== undefined) return result;
    throw fault(node, "type-mismatch", `cannot compare ${kindOf(a)} with ${kindOf(b)} using \`${operator}\``);
  };
  if (operator === "<") return (frame) => compare(frame) < 0;
  if (operator === "<=") return (frame) => compare(frame) <= 0;
  if (operator === ">") return (frame) => compare(frame) > 0;
  return (frame) => compare(frame) >= 0;
}

function membership(node: Binary, left: Run, right: Run): Run {
  return (frame) => {
    const item = left(frame);
    const within = right(frame);
    frame.site = node;
    if (isList(within)) {
      chargeItems(frame, within.length);
      return within.some((each) => equals(frame, each, item));
    }
    if (isMap(within)) return typeof item === "string" && fieldOf(within, item) !== undefined;
    const help = typeof within === "string" ? "write text.contains(part)" : undefined;
    throw fault(node.right, "type-mismatch", `\`in\` needs a list or an object, not ${kindOf(within)}`, "error", help);
  };
}

function calculation(node: Binary, operator: Arithmetic, left: Run, right: Run): Run {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    frame.site = node;
    return arithmetic(frame, operator, a, b);
  };
}

function compileConditional(node: Node & { kind: "conditional" }, scope: Scope): Run {
  const test = compile(node.test, scope);
  const then = compile(node.then, scope);
  const otherwise = compile(node.otherwise, scope);
  return (frame) => (boolean(node.test, test(frame)) ? then(frame) : otherwise(frame));
}

function compileList(node: ListNode, scope: Scope): Run {
  const items = node.items.map((item) => ({ run: compile(item.value, scope), ...item }));
  if (!items.some((item) => item.optional)) return (frame) => items.map((item) => item.run(frame));
  return (frame) => {
    return items
      .flatMap(({ run, optional, value }) => {
        const result = run(frame);
        const kept = optional ? opened(frame, value, result) : result;
        // An item that is a list must not be spread.
        return kept === undefined ? [] : [[kept]];
      })
      .map(([item]) => item!);
  };
}

function compileMap(node: MapNode, scope: Scope): Run {
  const entries = node.entries.map(({ key, value, optional }) => {
    return { key, value, optional, keyOf: compile(key, scope), runValue: compile(value, scope) };
  });
  return (frame) => {
    const made: Record<string, Value> = {};
    for (const { key, value, optional, keyOf, runValue } of entries) {
      const name = keyOf(frame);
      const result = runValue(frame);
      if (typeof name !== "string") throw fault(key, "type-mismatch", `a key must be a text, not ${kindOf(name)}`);
      if (name === "__proto__") throw fault(key, "bad-value", "`__proto__` cannot be a key");
      if (Object.hasOwn(made, name)) throw fault(key, "bad-value", `the key \`${name}\` is there twice`);
      const kept = optional ? opened(frame, value, result) : result;
      if (kept !== undefined) made[name] = kept;
    }
    return made;
  };
}

function opened(frame: Frame, node: Node, value: Value): Value | undefined {
  if (value instanceof Optional) return value.value;
  frame.site = node;
  throw fail(frame, "type-mismatch", `\`?\` needs an optional here, not ${kindOf(value)}`, "write `a.?b`");
}
