import { overloadsFor, patternFaultOf, specialFault } from "../compile/call.js";
import { readPath } from "../compute/path.js";
import { Fault, toIssue } from "../fault.js";
import { newFrame } from "../frame.js";
import { type Overload, type Param, takes, usage } from "../functions/signature.js";
import type { Call, Macro, Node } from "../syntax/ast.js";
import { DYNAMIC, listOf, NULL, optionsOf, STRING, type Type, typeName, unionOf, withoutNull } from "../type.js";
import type { Value } from "../value.js";
import { unknownField } from "./access.js";
import { type Check, type Context, error, has, present, textOf } from "./context.js";
import { learn, wantBoolean } from "./operators.js";

export function checkCall(node: Call, context: Context, check: Check): Type {
  const special = node.name === "coalesce" || node.name === "get";
  const wrong = special ? specialFault(node) : undefined;
  if (wrong) context.report(toIssue(wrong));
  if (node.name === "coalesce") return checkCoalesce(node, context, check);
  if (node.name === "get" && !wrong) return checkGet(node, context, check);
  const args = node.args.map((arg) => check(arg, context));
  if (special) return DYNAMIC;
  const overloads = overloadsFor(node);
  if (overloads instanceof Fault) {
    context.report(toIssue(overloads));
    return DYNAMIC;
  }
  return checkArguments(node, args, overloads, context);
}

function checkArguments(node: Call, args: readonly Type[], overloads: readonly Overload[], context: Context): Type {
  const fitting = overloads.filter(({ params }) => args.every((type, i) => accepts(params[i]!, type)));
  if (fitting.length === 0) {
    wrongArgument(node, args, overloads, context);
    return DYNAMIC;
  }
  const given = args.map((type, i) => {
    const nullable = fitting.some(({ params }) => params[i]!.kinds === undefined);
    return nullable ? type : present(context, node.args[i]!, type);
  });
  tryConstant(node, overloads, context);
  return unionOf(fitting.map((overload) => overload.result(given)));
}

function accepts({ kinds }: Param, type: Type): boolean {
  if (kinds === undefined) return true;
  return optionsOf(type).some((option) => option.kind === "dynamic" || kinds.has(option.kind as never));
}

function wrongArgument(node: Call, args: readonly Type[], all: readonly Overload[], context: Context): void {
  // What it is called on tells which way to call it was meant.
  const meant = all.filter(({ params }) => accepts(params[0]!, args[0]!));
  const overloads = meant.length > 0 ? meant : all;
  const at = args.findIndex((type, i) => overloads.every(({ params }) => !accepts(params[i]!, type)));
  const i = Math.max(at, 0);
  const arg = node.args[i]!;
  const wanted = [...new Set(overloads.map(({ params }) => typeName(params[i]!.type)))].join(" or ");
  const help = has(args[i]!, "optional")
    ? `write \`${textOf(context, arg)}.orValue(…)\``
    : `it is ${overloads.map((overload) => `\`${usage(node.name, overload)}\``).join(" or ")}`;
  const message = `\`${node.name}\` needs ${wanted} here, not ${typeName(args[i]!)}`;
  error(context, arg, "type-mismatch", message, help);
}

/** A call whose arguments are all constants is made now, so that `duration("3 days")` is found out before the run. */
function tryConstant(node: Call, overloads: readonly Overload[], context: Context): void {
  const pattern = patternFaultOf(node);
  if (pattern) context.report(toIssue(pattern));
  const values: Value[] = [];
  for (const arg of node.args) if (arg.kind === "literal") values.push(arg.value);
  if (values.length === 0 || values.length < node.args.length) return;
  const chosen = overloads.find(({ params }) => values.every((value, i) => takes(params[i]!, value)));
  try {
    chosen?.run({ ...newFrame(() => undefined, { now: 0 }), site: node }, ...values);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    if (thrown.kind === "error") context.report(toIssue(thrown));
  }
}

/** The first that is there: so null only when the last may be. */
function checkCoalesce(node: Call, context: Context, check: Check): Type {
  const types = node.args.map((arg) => check(arg, { ...context, tolerant: true, forgiven: true })).map(opened);
  const last = types.at(-1);
  const certain = types.filter((type) => type.kind !== "null").map(withoutNull);
  const all = last && optionsOf(last).some((option) => option.kind === "null") ? [...certain, NULL] : certain;
  return unionOf(all);
}

function opened(type: Type): Type {
  return unionOf(optionsOf(type).flatMap((option) => (option.kind === "optional" ? optionsOf(option.of) : [option])));
}

function checkGet(node: Call, context: Context, check: Check): Type {
  const [object, path, otherwise] = node.args as [Node, Node, Node?];
  const strict = { ...context, tolerant: false };
  const pathType = check(path, strict);
  const fallback = otherwise ? check(otherwise, strict) : NULL;
  let type = opened(check(object, { ...context, tolerant: true, forgiven: true }));
  if (!has(pathType, "string")) {
    error(context, path, "type-mismatch", `\`get\` needs a path as a text, not ${typeName(pathType)}`);
    return DYNAMIC;
  }
  if (path.kind !== "literal") return DYNAMIC;
  const steps = readPath(String(path.value));
  if (steps === undefined) {
    error(context, path, "bad-value", "this is no path", 'write a path such as "address.lines[0]"');
    return DYNAMIC;
  }
  for (const step of steps) type = stepInto(type, step, { node: object, at: path }, context);
  return unionOf([type, fallback]);
}

function stepInto(type: Type, step: string | number, place: { node: Node; at: Node }, context: Context): Type {
  const options = optionsOf(type).filter((option) => option.kind !== "null");
  const found = options.flatMap((option): readonly Type[] => {
    if (option.kind === "list") return typeof step === "number" ? [option.item] : [];
    if (option.kind !== "object") return option.kind === "dynamic" ? [DYNAMIC] : [];
    const inner = option.fields.get(String(step))?.type ?? option.rest;
    if (inner) return [inner];
    unknownField(place.node, String(step), place.at, option, context);
    return [DYNAMIC];
  });
  if (found.length === 0) {
    const name = typeof step === "number" ? `item ${step}` : `field \`${step}\``;
    error(context, place.at, "type-mismatch", `cannot read ${name} of ${typeName(unionOf(options))}`);
  }
  return unionOf(found);
}

export function checkMacro(node: Macro, context: Context, check: Check): Type {
  const target = present(context, node.target, check(node.target, context));
  const options = optionsOf(target);
  const items = options.flatMap((option): readonly Type[] => {
    if (option.kind === "list") return [option.item];
    if (option.kind === "object") return [STRING];
    return option.kind === "dynamic" ? [DYNAMIC] : [];
  });
  if (items.length === 0) {
    const help = has(target, "optional") ? `write \`${textOf(context, node.target)}.orValue([])\`` : undefined;
    error(context, node.target, "type-mismatch", `${node.macro}() needs a list, not ${typeName(target)}`, help);
  }
  const inner: Context = {
    ...context,
    variables: new Map([...context.variables, [node.variable, unionOf(items)]]),
    // A variable hides what is known of a name it shadows.
    facts: context.facts.filter((fact) => fact.path[0] !== node.variable),
  };
  if (node.filter) wantBoolean(node.filter, check(node.filter, inner), inner);
  const body = check(node.body, node.filter ? learn(inner, node.filter, true) : inner);
  if (node.macro === "map") return listOf(body);
  wantBoolean(node.body, body, inner);
  return node.macro === "filter" ? listOf(unionOf(items)) : { kind: "boolean" };
}
