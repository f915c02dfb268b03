import { nearest } from "../../suggest.js";
import { factsOf, isNull } from "../guards.js";
import type { Binary, Node, Unary } from "../syntax/ast.js";
import {
  BOOLEAN,
  DECIMAL,
  DURATION,
  DYNAMIC,
  isScalar,
  listOf,
  NUMBER,
  optionsOf,
  STRING,
  TIMESTAMP,
  type Type,
  typeName,
  unionOf,
} from "../type.js";
import { unknownField } from "./access.js";
import { type Check, type Context, error, has, isDynamic, present, textOf } from "./context.js";

/** The context in which a test has come out `truth`. */
export function learn(context: Context, test: Node, truth: boolean): Context {
  return { ...context, facts: [...context.facts, ...factsOf(test, truth)] };
}

export function wantBoolean(node: Node, type: Type, context: Context): void {
  const given = present(context, node, type);
  if (has(given, "boolean")) return;
  const text = textOf(context, node);
  const help =
    given.kind === "optional"
      ? `write \`${text}.orValue(false)\``
      : given.kind === "number"
        ? `write \`${text} != 0\``
        : given.kind === "string"
          ? `write \`${text} != ""\``
          : undefined;
  error(context, node, "type-mismatch", `this must be true or false, not ${typeName(given)}`, help);
}

export function checkUnary(node: Unary, context: Context, check: Check): Type {
  const type = check(node.operand, context);
  if (node.operator === "!") {
    wantBoolean(node.operand, type, context);
    return BOOLEAN;
  }
  const given = present(context, node.operand, type);
  if (has(given, "number", "decimal", "duration")) return widened(given);
  error(context, node, "type-mismatch", `cannot negate ${typeName(given)}`);
  return DYNAMIC;
}

export function checkBinary(node: Binary, context: Context, check: Check): Type {
  const { operator } = node;
  switch (operator) {
    case "&&":
    case "||":
      wantBoolean(node.left, check(node.left, context), context);
      wantBoolean(node.right, check(node.right, learn(context, node.left, operator === "&&")), context);
      return BOOLEAN;
    case "==":
    case "!=":
      checkEquality(node, context, check);
      return BOOLEAN;
    case "in":
      checkMembership(node, context, check);
      return BOOLEAN;
    case "<":
    case "<=":
    case ">":
    case ">=":
      checkOrder(node, context, check);
      return BOOLEAN;
    default: {
      const left = present(context, node.left, check(node.left, context));
      const right = present(context, node.right, check(node.right, context));
      return arithmeticType(node, left, right, context);
    }
  }
}

function checkEquality(node: Binary, context: Context, check: Check): void {
  if (isNull(node.left) || isNull(node.right)) {
    check(node.left, { ...context, tolerant: true });
    check(node.right, { ...context, tolerant: true });
    return;
  }
  const left = check(node.left, context);
  const right = check(node.right, context);
  compareTypes(node, { node: node.left, type: left }, { node: node.right, type: right }, context);
}

interface Side {
  readonly node: Node;
  readonly type: Type;
}

/** Reports two sides that can never be equal: by type, or because their possible values do not meet. */
function compareTypes(node: Binary, left: Side, right: Side, context: Context): void {
  const pairs = optionsOf(left.type).flatMap((a) => optionsOf(right.type).map((b) => [a, b] as const));
  const alike = pairs.filter(([a, b]) => comparable(a, b));
  if (alike.length === 0) {
    mismatch(node, left, right, context);
    return;
  }
  if (alike.some(([a, b]) => !isScalar(a) || !isScalar(b) || !a.values || !b.values || meet(a.values, b.values)))
    return;
  if (left.node.kind === "literal") neverEqual(left, right, context);
  else neverEqual(right, left, context);
}

function comparable(a: Type, b: Type): boolean {
  if (a.kind === "dynamic" || b.kind === "dynamic" || a.kind === b.kind) return true;
  return [a.kind, b.kind].every((kind) => kind === "number" || kind === "decimal");
}

function meet(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.some((value) => b.includes(value));
}

/** `GE` is never a value of `inputs.country`. */
function neverEqual(value: Side, of: Side, context: Context): void {
  const allowed = valuesOf(of.type);
  const given = valuesOf(value.type);
  const near = given.length === 1 ? nearest(String(given[0]), allowed.map(String)) : undefined;
  const list = allowed.length <= 12 ? `allowed: ${allowed.join(", ")}` : undefined;
  const help = near ? `did you mean ${JSON.stringify(near)}?${list ? ` ${list}` : ""}` : list;
  const shown = given.length === 1 ? String(given[0]) : textOf(context, value.node);
  error(context, value.node, "never-equal", `\`${shown}\` is never a value of \`${textOf(context, of.node)}\``, help);
}

function valuesOf(type: Type): readonly (boolean | number | string)[] {
  return optionsOf(type).flatMap((option) => (isScalar(option) ? (option.values ?? []) : []));
}

function mismatch(node: Binary, left: Side, right: Side, context: Context): void {
  const message = `cannot compare ${typeName(left.type)} with ${typeName(right.type)} using \`${node.operator}\``;
  error(
    context,
    node,
    "type-mismatch",
    message,
    conversionHelp(left, right, context) ?? conversionHelp(right, left, context),
  );
}

/** How to make `side` comparable with the other. */
function conversionHelp(side: Side, other: Side, context: Context): string | undefined {
  const text = textOf(context, side.node);
  if (has(side.type, "optional")) return `write \`${text}.orValue(…)\``;
  if (side.type.kind !== "string") return undefined;
  const { kind } = other.type;
  if (kind === "timestamp" || kind === "duration" || kind === "decimal") return `write \`${kind}(${text})\``;
  if (kind !== "number" && kind !== "boolean") return undefined;
  const literal = side.node.kind === "literal" ? String(side.node.value) : undefined;
  if (literal === undefined) return kind === "number" ? `write \`number(${text})\`` : `write \`bool(${text})\``;
  const plain = kind === "number" ? /^-?\d+(\.\d+)?$/ : /^(true|false)$/;
  return plain.test(literal) ? `remove the quotes: ${literal}` : undefined;
}

const ORDERED: readonly Type["kind"][] = ["number", "decimal", "string", "boolean", "timestamp", "duration"];

function checkOrder(node: Binary, context: Context, check: Check): void {
  const left = { node: node.left, type: present(context, node.left, check(node.left, context)) };
  const right = { node: node.right, type: present(context, node.right, check(node.right, context)) };
  const works = optionsOf(left.type).some((a) =>
    optionsOf(right.type).some((b) => comparable(a, b) && has(a, ...ORDERED) && has(b, ...ORDERED)),
  );
  if (!works) mismatch(node, left, right, context);
}

function checkMembership(node: Binary, context: Context, check: Check): void {
  const left = check(node.left, context);
  const right = present(context, node.right, check(node.right, context));
  if (has(right, "object")) {
    for (const option of optionsOf(right)) {
      if (option.kind !== "object" || option.rest || node.left.kind !== "literal") continue;
      const key = String(node.left.value);
      if (!option.fields.has(key)) unknownField(node.right, key, node.left, option, context);
    }
  } else if (!has(right, "list")) {
    const help = has(right, "string") ? `write \`${textOf(context, node.right)}.contains(…)\`` : undefined;
    error(context, node.right, "type-mismatch", `\`in\` needs a list or an object, not ${typeName(right)}`, help);
  } else if (node.right.kind === "list") {
    for (const { value } of node.right.items) {
      const item = value.kind === "literal" ? check(value, context) : DYNAMIC;
      if (!isDynamic(item))
        compareTypes(
          { ...node, operator: "==" },
          { node: value, type: item },
          { node: node.left, type: left },
          context,
        );
    }
  } else {
    const item = unionOf(optionsOf(right).map((option) => (option.kind === "list" ? option.item : DYNAMIC)));
    compareTypes(node, { node: node.left, type: left }, { node: node.right, type: item }, context);
  }
}

/** `left operator right` to what it gives; a number beside a decimal is taken as one. */
const SUMS: ReadonlyMap<string, Type> = new Map([
  ["decimal + decimal", DECIMAL],
  ["decimal + number", DECIMAL],
  ["number + decimal", DECIMAL],
  ["string + string", STRING],
  ["timestamp + duration", TIMESTAMP],
  ["duration + timestamp", TIMESTAMP],
  ["duration + duration", DURATION],
  ["timestamp - duration", TIMESTAMP],
  ["timestamp - timestamp", DURATION],
  ["duration - duration", DURATION],
]);

function arithmeticType(node: Binary, left: Type, right: Type, context: Context): Type {
  if (isDynamic(left) && isDynamic(right)) return DYNAMIC;
  if (left.kind === "number" && right.kind === "number") return NUMBER;
  const results = optionsOf(left).flatMap((a) => optionsOf(right).flatMap((b) => resultOf(node.operator, a, b) ?? []));
  if (results.length > 0) return unionOf(results);
  const message = `cannot compute ${typeName(left)} ${node.operator} ${typeName(right)}`;
  const text = (type: Type) => type.kind === "string";
  const other = text(left) ? node.right : text(right) ? node.left : undefined;
  const number = (type: Type) => type.kind === "number" || type.kind === "decimal";
  let help: string | undefined;
  if (has(left, "optional")) help = `write \`${textOf(context, node.left)}.orValue(…)\``;
  else if (has(right, "optional")) help = `write \`${textOf(context, node.right)}.orValue(…)\``;
  else if (left.kind === "duration" && text(right)) help = timeHelp(node.right, right, context);
  else if (right.kind === "duration" && text(left)) help = timeHelp(node.left, left, context);
  else if (node.operator === "+" && other) help = `write \`string(${textOf(context, other)})\` to join it to a text`;
  else if (text(left) && number(right)) help = `write \`number(${textOf(context, node.left)})\``;
  else if (text(right) && number(left)) help = `write \`number(${textOf(context, node.right)})\``;
  error(context, node, "type-mismatch", message, help);
  return DYNAMIC;
}

/** A text beside a time span is mostly a date as data has it. */
function timeHelp(node: Node, type: Type, context: Context): string {
  const isDay = "format" in type && type.format === "date";
  return `write \`timestamp(${textOf(context, node)}${isDay ? ' + "T00:00:00Z"' : ""})\`: text is no point in time`;
}

function resultOf(operator: string, a: Type, b: Type): Type | undefined {
  if (a.kind === "dynamic" || b.kind === "dynamic") return DYNAMIC;
  if (a.kind === "number" && b.kind === "number") return NUMBER;
  if (operator === "+" && a.kind === "list" && b.kind === "list") return listOf(unionOf([a.item, b.item]));
  const numbers = SUMS.get(`${a.kind} + ${b.kind}`);
  if (numbers && numbers !== STRING && (a.kind === "number" || a.kind === "decimal")) return numbers;
  return SUMS.get(`${a.kind} ${operator} ${b.kind}`);
}

/** Without the values it is known to have: arithmetic makes others. */
export function widened(type: Type): Type {
  return unionOf(optionsOf(type).map((option) => (isScalar(option) ? { kind: option.kind } : option)));
}
