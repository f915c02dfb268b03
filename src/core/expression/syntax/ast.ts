import type { Span } from "../fault.js";

/** Offsets into the expression's source; `height` of the tree below, 1 for a leaf. */
interface Base extends Span {
  readonly height: number;
}

export interface Literal extends Base {
  readonly kind: "literal";
  readonly value: null | boolean | number | string;
}

export interface Name extends Base {
  readonly kind: "name";
  readonly name: string;
}

/** `target.field`, or `target.?field` when optional. `at` is the field itself. */
export interface Select extends Base {
  readonly kind: "select";
  readonly target: Node;
  readonly field: string;
  readonly optional: boolean;
  readonly at: Span;
}

/** `target[index]`, or `target[?index]` when optional. */
export interface Index extends Base {
  readonly kind: "index";
  readonly target: Node;
  readonly index: Node;
  readonly optional: boolean;
}

/** `name(args)`. `target.name(args)` is the same with the target first; `method` tells how it was written. */
export interface Call extends Base {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Node[];
  readonly method: boolean;
  readonly at: Span;
}

export interface Unary extends Base {
  readonly kind: "unary";
  readonly operator: "!" | "-";
  readonly operand: Node;
}

export type Relation = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";
export type Arithmetic = "+" | "-" | "*" | "/" | "%";
export type Operator = "||" | "&&" | Relation | Arithmetic;

export interface Binary extends Base {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Node;
  readonly right: Node;
  readonly at: Span;
}

export interface Conditional extends Base {
  readonly kind: "conditional";
  readonly test: Node;
  readonly then: Node;
  readonly otherwise: Node;
}

/** `optional` items and entries (`[?x]`, `{?"k": x}`) are left out when x is none. */
export interface ListNode extends Base {
  readonly kind: "list";
  readonly items: readonly { readonly value: Node; readonly optional: boolean }[];
}

export interface MapNode extends Base {
  readonly kind: "map";
  readonly entries: readonly { readonly key: Node; readonly value: Node; readonly optional: boolean }[];
}

export interface Has extends Base {
  readonly kind: "has";
  readonly operand: Select;
}

export type MacroName = "all" | "exists" | "exists_one" | "filter" | "map";

/** `target.macro(variable, [filter,] body)`; only `map` has a filter. */
export interface Macro extends Base {
  readonly kind: "macro";
  readonly macro: MacroName;
  readonly target: Node;
  readonly variable: string;
  readonly filter: Node | undefined;
  readonly body: Node;
}

export type Node =
  | Literal
  | Name
  | Select
  | Index
  | Call
  | Unary
  | Binary
  | Conditional
  | ListNode
  | MapNode
  | Has
  | Macro;

/** Nodes directly below. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "select":
      return [node.target];
    case "index":
      return [node.target, node.index];
    case "call":
      return node.args;
    case "unary":
    case "has":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.test, node.then, node.otherwise];
    case "list":
      return node.items.map((item) => item.value);
    case "map":
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
    case "macro":
      return node.filter ? [node.target, node.filter, node.body] : [node.target, node.body];
  }
}
