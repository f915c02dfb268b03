import { nearest } from "../../suggest.js";
import { readPath } from "../compute/path.js";
import { patternFault } from "../compute/pattern.js";
import { Fault } from "../fault.js";
import { fault } from "../frame.js";
import { FUNCTION_NAMES, FUNCTIONS } from "../functions/index.js";
import { type Overload, takes, usage } from "../functions/signature.js";
import type { Call } from "../syntax/ast.js";
import { fieldOf, isList, isMap, kindOf, type Value } from "../value.js";
import { compileProbe, unwrap } from "./access.js";
import type { Compile, Run, Scope } from "./scope.js";

/** What people call who know another language, and what to write here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["length", "write size(x)"],
  ["len", "write size(x)"],
  ["count", "write size(x)"],
  ["toLowerCase", "write x.lowerAscii()"],
  ["lower", "write x.lowerAscii()"],
  ["toUpperCase", "write x.upperAscii()"],
  ["upper", "write x.upperAscii()"],
  ["includes", "write x.contains(y), or `y in x`"],
  ["toString", "write string(x)"],
  ["toFixed", "write round(x, 2)"],
  ["fromJSON", "write parseJson(x)"],
  ["toJSON", "write json(x)"],
  ["some", "write list.exists(item, …)"],
  ["every", "write list.all(item, …)"],
  ["success", "conditions on how a stage ended are edges: write them in `needs`"],
  ["failure", "conditions on how a stage ended are edges: write `needs: [x.failed]`"],
  ["always", "conditions on how a stage ended are edges: write `needs: [x.done]`"],
  ["map", "write list.map(item, …)"],
  ["filter", "write list.filter(item, …)"],
  ["all", "write list.all(item, …)"],
  ["exists", "write list.exists(item, …)"],
  ["exists_one", "write list.exists_one(item, …)"],
]);

export function unknownFunction(node: Call): Fault {
  const near = nearest(node.name, FUNCTION_NAMES);
  const help = ELSEWHERE.get(node.name) ?? (near === undefined ? undefined : `did you mean \`${near}\`?`);
  return fault(node.at, "unknown-function", `there is no function \`${node.name}\``, "error", help);
}

/** The overloads that take so many arguments; a fault when none does. */
export function overloadsFor(node: Call): readonly Overload[] | Fault {
  const all = FUNCTIONS.get(node.name);
  if (all === undefined) return unknownFunction(node);
  const count = node.args.length;
  const fitting = all.filter(({ params, required }) => count >= required && count <= params.length);
  if (fitting.length > 0) return fitting;
  const help = all.map((overload) => `\`${usage(node.name, overload)}\``).join(" or ");
  return fault(
    node.at,
    "wrong-arguments",
    `\`${node.name}\` is called with ${counted(node)}`,
    "error",
    `write ${help}`,
  );
}

function counted(node: Call): string {
  const count = node.args.length;
  return `${count === 0 ? "no" : count} argument${count === 1 ? "" : "s"}${node.method ? " (its target is one)" : ""}`;
}

/** What `coalesce` and `get` were called wrongly with; undefined when well. */
export function specialFault(node: Call): Fault | undefined {
  const count = node.args.length;
  if (node.name === "coalesce" && count < 2) {
    return fault(node.at, "wrong-arguments", "`coalesce` needs two values or more", "error", "write coalesce(a, b)");
  }
  if (node.name === "get" && (count < 2 || count > 3)) {
    const help = 'write get(object, "a.b", otherwise)';
    return fault(node.at, "wrong-arguments", `\`get\` is called with ${counted(node)}`, "error", help);
  }
  return undefined;
}

/** A constant pattern is known to be wrong before it is used. */
export function patternFaultOf(node: Call): Fault | undefined {
  const pattern = node.args[1];
  if (node.name !== "matches" || pattern?.kind !== "literal" || typeof pattern.value !== "string") return undefined;
  const wrong = patternFault(pattern.value);
  return wrong === undefined ? undefined : fault(pattern, "bad-regex", `invalid regular expression: ${wrong}`);
}

export function compileCall(node: Call, scope: Scope, compile: Compile): Run {
  if (node.name === "coalesce" || node.name === "get") {
    const wrong = specialFault(node);
    if (wrong) return refuse(scope, wrong);
    return node.name === "get" ? compileGet(node, scope, compile) : compileCoalesce(node, scope, compile);
  }
  const args = node.args.map((arg) => compile(arg, scope));
  const overloads = overloadsFor(node);
  if (overloads instanceof Fault) return refuse(scope, overloads);
  const pattern = patternFaultOf(node);
  if (pattern) return refuse(scope, pattern);
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    const chosen = overloads.find((overload) => values.every((value, i) => takes(overload.params[i]!, value)));
    if (chosen === undefined) throw wrongTypes(node, overloads, values);
    frame.site = node;
    return chosen.run(frame, ...values);
  };
}

function refuse(scope: Scope, wrong: Fault): Run {
  scope.faults.push(wrong);
  return () => {
    throw wrong;
  };
}

function wrongTypes(node: Call, overloads: readonly Overload[], values: readonly Value[]): Fault {
  const kinds = values.map(kindOf).join(", ");
  const help = values.some((value) => kindOf(value) === "optional")
    ? "write .orValue(…) to open an optional"
    : `it is ${overloads.map((overload) => `\`${usage(node.name, overload)}\``).join(" or ")}`;
  return fault(node.at, "type-mismatch", `\`${node.name}\` cannot take (${kinds})`, "error", help);
}

/** The first argument that is there and not null; null when none is. */
function compileCoalesce(node: Call, scope: Scope, compile: Compile): Run {
  const probes = node.args.map((arg) => compileProbe(arg, scope, compile));
  return (frame) => {
    for (const probe of probes) {
      const value = unwrap(probe(frame));
      if (value !== undefined && value !== null) return value;
    }
    return null;
  };
}

/** `get(object, "a.b[0]", otherwise)`: what the path leads to, a present null included. */
function compileGet(node: Call, scope: Scope, compile: Compile): Run {
  const [object, path, otherwise] = node.args;
  const probe = compileProbe(object!, scope, compile);
  const pathOf = compile(path!, scope);
  const fallback = otherwise ? compile(otherwise, scope) : () => null;
  return (frame) => {
    const steps = stepsOf(node, pathOf(frame));
    let value = unwrap(probe(frame));
    for (const step of steps) value = value === undefined ? undefined : unwrap(into(value, step));
    return value === undefined ? fallback(frame) : value;
  };
}

function stepsOf(node: Call, path: Value): readonly (string | number)[] {
  const steps = typeof path === "string" ? readPath(path) : undefined;
  if (steps !== undefined) return steps;
  throw fault(node.args[1]!, "bad-value", "this is no path", "error", 'write a path such as "address.lines[0]"');
}

function into(value: Value, step: string | number): Value | undefined {
  if (isList(value)) return typeof step === "number" ? value[step] : undefined;
  return isMap(value) ? fieldOf(value, String(step)) : undefined;
}
