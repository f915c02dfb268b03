import { type ExpressionIssue, Fault, toIssue } from "../fault.js";
import { type Reference, referencesOf } from "../references.js";
import type { Conditional, ListNode, MapNode, Node } from "../syntax/ast.js";
import { parse } from "../syntax/parser.js";
import { BOOLEAN, DYNAMIC, type Field, listOf, NULL, optionsOf, type Type, typeName, unionOf } from "../type.js";
import { checkIndex, checkName, checkSelect } from "./access.js";
import { checkCall, checkMacro } from "./calls.js";
import { type Context, error, has, type TypeNames } from "./context.js";
import { checkBinary, checkUnary, learn, wantBoolean } from "./operators.js";
import { typeOfValue } from "./schema-type.js";

/** What an expression gives, and everything wrong with it at once. A part that is wrong is dynamic for the rest. */
export interface Checked {
  readonly type: Type;
  /** In order of their place. */
  readonly issues: readonly ExpressionIssue[];
  readonly references: readonly Reference[];
}

/** `written`: what messages quote, where that differs; of the same length. */
export function checkExpression(source: string, names: TypeNames, written = source): Checked {
  try {
    const tree = parse(source);
    const issues: ExpressionIssue[] = [];
    const type = check(tree, {
      source: written,
      names,
      variables: NO_VARIABLES,
      facts: [],
      tolerant: false,
      forgiven: false,
      chain: undefined,
      report: reporter(issues),
    });
    issues.sort((a, b) => a.start - b.start || a.end - b.end);
    return { type: result(type), issues, references: referencesOf(tree) };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { type: DYNAMIC, issues: [toIssue(thrown)], references: [] };
  }
}

const NO_VARIABLES: Context["variables"] = new Map();

function reporter(issues: ExpressionIssue[]): Context["report"] {
  let seen: Set<string> | undefined;
  return (issue, key) => {
    seen ??= new Set();
    const mark = `${issue.code} ${key ?? `${issue.start} ${issue.end}`}`;
    if (!seen.has(mark)) issues.push(issue);
    seen.add(mark);
  };
}

/** An optional that reaches the end is its value, or null. */
function result(type: Type): Type {
  if (type.kind !== "union" && type.kind !== "optional") return type;
  return unionOf(optionsOf(type).flatMap((option) => (option.kind === "optional" ? [option.of, NULL] : [option])));
}

function check(node: Node, context: Context): Type {
  switch (node.kind) {
    case "literal":
      return typeOfValue(node.value);
    case "name":
      return checkName(node, context);
    case "select":
      return checkSelect(node, inChain(context, node), check);
    case "index":
      return checkIndex(node, inChain(context, node), check);
    case "call":
      return checkCall(node, strict(context), check);
    case "unary":
      return checkUnary(node, strict(context), check);
    case "binary":
      return checkBinary(node, strict(context), check);
    case "conditional":
      return checkConditional(node, strict(context));
    case "list":
      return checkList(node, strict(context));
    case "map":
      return checkMap(node, strict(context));
    case "has":
      check(node.operand, { ...context, tolerant: true });
      return BOOLEAN;
    case "macro":
      return checkMacro(node, strict(context), check);
  }
}

/** Only a chain hands its tolerance down to what it starts from. */
function strict(context: Context): Context {
  return context.tolerant || context.chain !== undefined ? { ...context, tolerant: false, chain: undefined } : context;
}

function inChain(context: Context, node: Node): Context {
  return context.chain === undefined ? { ...context, chain: node } : context;
}

function checkConditional(node: Conditional, context: Context): Type {
  wantBoolean(node.test, check(node.test, context), context);
  const then = check(node.then, learn(context, node.test, true));
  return unionOf([then, check(node.otherwise, learn(context, node.test, false))]);
}

function checkList(node: ListNode, context: Context): Type {
  return listOf(
    unionOf(node.items.map(({ value, optional }) => (optional ? opened(value, context) : check(value, context)))),
  );
}

function checkMap(node: MapNode, context: Context): Type {
  const fields = new Map<string, Field>();
  let rest: Type | undefined;
  for (const { key, value, optional } of node.entries) {
    const keyType = check(key, context);
    if (!has(keyType, "string")) {
      error(context, key, "type-mismatch", `a key must be a text, not ${typeName(keyType)}`, "put it in quotes");
    }
    const type = optional ? opened(value, context) : check(value, context);
    if (key.kind !== "literal") rest = rest ? unionOf([rest, type]) : type;
    else if (fields.has(String(key.value))) error(context, key, "bad-value", `the key \`${key.value}\` is there twice`);
    else fields.set(String(key.value), optional ? { type, presence: "optional" } : { type });
  }
  return { kind: "object", fields, ...(rest && { rest }) };
}

function opened(node: Node, context: Context): Type {
  const type = check(node, context);
  if (!has(type, "optional")) {
    error(context, node, "type-mismatch", `\`?\` needs an optional here, not ${typeName(type)}`, "write `a.?b`");
    return DYNAMIC;
  }
  return unionOf(optionsOf(type).map((option) => (option.kind === "optional" ? option.of : option)));
}
