import type { ExpressionIssue, Span } from "../fault.js";
import type { Fact } from "../guards.js";
import type { Node } from "../syntax/ast.js";
import { mayBeNull, optionsOf, type Type, withoutNull } from "../type.js";

/** The types of the names in scope; a `Map` is one. `keys` is for suggestions. */
export interface TypeNames {
  get(name: string): Type | undefined;
  keys(): Iterable<string>;
}

/** Where in an expression the checker stands. */
export interface Context {
  readonly source: string;
  readonly names: TypeNames;
  /** Variables of the macros around. */
  readonly variables: ReadonlyMap<string, Type>;
  /** What the tests around have made sure of. */
  readonly facts: readonly Fact[];
  /** A chain here may lead nowhere. */
  readonly tolerant: boolean;
  /** Within `coalesce` or `get`, where absence anywhere below is forgiven. */
  readonly forgiven: boolean;
  /** The whole of the chain of fields being checked. */
  readonly chain: Node | undefined;
  readonly report: Report;
}

/** A second issue with the same code and `key` is not reported. */
export type Report = (issue: ExpressionIssue, key?: string) => void;

/** The checker itself, handed to the parts that check their children. */
export type Check = (node: Node, context: Context) => Type;

export function error(context: Context, span: Span, code: string, message: string, help?: string): void {
  const issue = { code, severity: "error", message, start: span.start, end: span.end } as const;
  context.report(help === undefined ? issue : { ...issue, help });
}

export function warning(
  context: Context,
  span: Span,
  code: string,
  message: string,
  help: string,
  key: string | undefined,
): void {
  context.report({ code, severity: "warning", message, help, start: span.start, end: span.end }, key);
}

/** A node's own text, for messages. */
export function textOf(context: Context, node: Span): string {
  const text = context.source.slice(node.start, node.end);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Warns when a value that is about to be used may be null; gives the type it has otherwise. */
export function present(context: Context, node: Node, type: Type): Type {
  if (!mayBeNull(type) || type.kind === "null") return type;
  const text = textOf(context, node);
  warning(context, node, "maybe-missing", `\`${text}\` may be null`, `write coalesce(${text}, …)`, text);
  return withoutNull(type);
}

export function has(type: Type, ...kinds: readonly Type["kind"][]): boolean {
  return optionsOf(type).some((option) => option.kind === "dynamic" || kinds.includes(option.kind));
}

export function isDynamic(type: Type): boolean {
  return type.kind === "dynamic";
}
