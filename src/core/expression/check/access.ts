import { nearest } from "../../suggest.js";
import type { Span } from "../fault.js";
import { type Path, pathOf, startsWith } from "../guards.js";
import type { Index, Name, Node, Select } from "../syntax/ast.js";
import {
  DYNAMIC,
  type Field,
  type ObjectType,
  optionalOf,
  optionsOf,
  type Type,
  typeName,
  unionOf,
  withoutNull,
} from "../type.js";
import { type Check, type Context, error, textOf, warning } from "./context.js";

/** How other languages write what is written differently here. */
const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["TRUE", "true"],
  ["yes", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["no", "false"],
  ["None", "null"],
  ["NULL", "null"],
  ["Null", "null"],
  ["nil", "null"],
  ["undefined", "null"],
]);

/** Names that other tools have, and where the same is to be had here. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ["env", "declare the name under `secrets`, and read `secrets.NAME` inside `with`"],
  ["steps", "write `stages.<id>.outputs`"],
  ["needs", "write `stages.<id>.outputs`"],
  ["jobs", "write `stages.<id>.outputs`"],
  ["params", "write `inputs`"],
  ["parameters", "write `inputs`"],
  ["vars", "write `state`, or `inputs`"],
  ["variables", "write `state`, or `inputs`"],
  ["context", "write `inputs`, `stages`, `state` or `run`"],
  ["workflow", "write `run`"],
]);

function holds(type: Type | undefined, name: string): boolean {
  return type?.kind === "object" && type.fields.has(name);
}

export function checkName(node: Name, context: Context): Type {
  const type = context.variables.get(node.name) ?? context.names.get(node.name);
  if (type !== undefined) return narrowed(node, type, context);
  const known = [...context.variables.keys(), ...context.names.keys()];
  const constant = CONSTANTS.get(node.name);
  const near = constant ?? nearest(node.name, known);
  const list = known.length > 0 ? `in scope: ${known.join(", ")}` : undefined;
  const held = ["stages", "inputs", "state"].find((root) => holds(context.names.get(root), node.name));
  const help = held
    ? `write \`${held}.${node.name}\``
    : FOREIGN.has(node.name)
      ? FOREIGN.get(node.name)
      : constant
        ? `write \`${constant}\``
        : near
          ? `did you mean \`${near}\`?`
          : list;
  error(context, node, "unknown-name", `there is no \`${node.name}\` here`, help);
  return DYNAMIC;
}

/** `target.field`. */
export function checkSelect(node: Select, context: Context, check: Check): Type {
  const target = check(node.target, context);
  return through(node, target, context, (option) => {
    if (option.kind === "object") return fieldType(node, node.field, node.at, option, context);
    if (option.kind === "dynamic") return DYNAMIC;
    return undefined;
  });
}

/** `target[index]`. */
export function checkIndex(node: Index, context: Context, check: Check): Type {
  const target = check(node.target, context);
  const index = check(node.index, { ...context, tolerant: false, chain: undefined });
  return through(node, target, context, (option) => {
    if (option.kind === "dynamic") return DYNAMIC;
    if (option.kind === "list") {
      wantIndex(node, index, "number", "a list's item is numbered by a whole number", context);
      return option.item;
    }
    if (option.kind !== "object") return undefined;
    if (node.index.kind === "literal" && typeof node.index.value === "string") {
      return fieldType(node, node.index.value, node.index, option, context);
    }
    wantIndex(node, index, "string", "an object's field is named by a text", context);
    const types = [...option.fields.values()].map((field) => field.type);
    return unionOf([...types, ...(option.rest ? [option.rest] : [])]);
  });
}

function wantIndex(node: Index, index: Type, kind: "number" | "string", message: string, context: Context): void {
  const fits = optionsOf(index).some((option) => option.kind === kind || option.kind === "dynamic");
  if (!fits) error(context, node.index, "type-mismatch", `${message}, not by ${typeName(index)}`);
}

/** Reads one step into each thing the target may be; it is enough that one of them can be read. */
function through(node: Select | Index, target: Type, context: Context, read: (option: Type) => Type | undefined): Type {
  let optional = node.optional;
  const found: Type[] = [];
  for (const option of optionsOf(target)) {
    optional ||= option.kind === "optional";
    for (const inner of option.kind === "optional" ? optionsOf(option.of) : [option]) {
      const type = read(inner);
      if (type !== undefined) found.push(type);
    }
  }
  if (found.length === 0) {
    refuse(node, target, context);
    return DYNAMIC;
  }
  warnOfNull(node, target, optional, context);
  const type = narrowed(node, unionOf(found), context);
  return optional && !context.tolerant ? optionalOf(type) : type;
}

function refuse(node: Select | Index, target: Type, context: Context): void {
  const what = typeName(target);
  if (node.kind === "index") {
    const help = what === "string" ? "write text.charAt(i), or text.substring(from, to)" : undefined;
    error(context, node.target, "type-mismatch", `${what} has no items`, help);
    return;
  }
  const message = `cannot read field \`${node.field}\` of ${what}`;
  const isOf = (kind: Type["kind"]) => optionsOf(target).some((option) => option.kind === kind);
  const size = ["length", "size", "count"].includes(node.field) && (isOf("list") || isOf("string"));
  const list = isOf("list") ? `write \`.map(x, x.${node.field})\`, or an index` : undefined;
  const help = size ? `write \`size(${textOf(context, node.target)})\`` : list;
  error(context, node.at, "type-mismatch", message, help);
}

function warnOfNull(node: Select | Index, target: Type, optional: boolean, context: Context): void {
  if (optional || context.tolerant || context.forgiven || !optionsOf(target).some((option) => option.kind === "null"))
    return;
  const text = textOf(context, node.target);
  const help = `guard it: \`${text} != null && …\`, or \`coalesce(${textOf(context, node)}, …)\``;
  warning(context, node.target, "maybe-missing", `\`${text}\` may be null`, help, text);
}

function fieldType(node: Select | Index, name: string, at: Span, object: ObjectType, context: Context): Type {
  const field = object.fields.get(name) ?? restField(object);
  if (field === undefined) {
    unknownField(node.target, name, at, object, context);
    return DYNAMIC;
  }
  if (field.presence) checkPresence(node, at, field, context);
  return field.type;
}

function restField({ rest }: ObjectType): Field | undefined {
  if (rest === undefined) return undefined;
  return rest.kind === "dynamic" ? { type: rest } : { type: rest, presence: "optional" };
}

export function unknownField(target: Node, name: string, at: Span, object: ObjectType, context: Context): void {
  const known = [...object.fields.keys()];
  const near = nearest(name, known);
  const list = known.length > 0 && known.length <= 12 ? `it has ${known.join(", ")}` : undefined;
  const dashed = known.find((field) => field.includes("-") && context.source.startsWith(field, at.start));
  const help = dashed ? `write ["${dashed}"]: here a dash is a minus` : near ? `did you mean \`${near}\`?` : list;
  error(context, at, "unknown-field", `\`${textOf(context, target)}\` has no field \`${name}\``, help);
}

/** Says so when a field that may not be there is read without a guard. */
function checkPresence(node: Select | Index, at: Span, field: Field, context: Context): void {
  const path = pathOf(node);
  const wrapped = node.optional || context.tolerant || context.forgiven || isOptionalChain(node.target);
  if (wrapped || (path && isKnown(path, context))) return;
  const text = textOf(context, node);
  const key = path?.join("\0") ?? text;
  const help = `guard it: \`has(${text}) && …\`, or write \`${optionalText(node, at, context)}\``;
  if (field.presence === "optional") {
    warning(context, at, "maybe-missing", `\`${text}\` is optional`, help, key);
  } else {
    const why = field.reason === undefined ? "" : `: ${field.reason}`;
    const message = `\`${text}\` may be absent${why}`;
    context.report({ code: "maybe-absent", severity: "error", message, help, start: at.start, end: at.end }, key);
  }
}

/** The whole chain as it would be written with a question mark at this step. */
function optionalText(node: Select | Index, at: Span, context: Context): string {
  const chain = context.chain ?? node;
  const { source } = context;
  return `${source.slice(chain.start, at.start)}?${source.slice(at.start, chain.end)}.orValue(…)`;
}

function isOptionalChain(node: Node): boolean {
  for (let at = node; at.kind === "select" || at.kind === "index"; at = at.target) if (at.optional) return true;
  return false;
}

function isKnown(path: Path, context: Context): boolean {
  return context.facts.some((fact) => startsWith(fact.path, path));
}

/** Without null where a test has ruled it out. */
function narrowed(node: Node, type: Type, context: Context): Type {
  if (context.facts.length === 0) return type;
  const path = pathOf(node);
  const rules =
    path &&
    context.facts.some((fact) => startsWith(fact.path, path) && (fact.notNull || fact.path.length > path.length));
  return rules ? withoutNull(type) : type;
}
