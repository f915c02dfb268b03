import type { Fault } from "../fault.js";
import type { Frame } from "../frame.js";
import type { Node } from "../syntax/ast.js";
import type { Value } from "../value.js";

/** A compiled node. */
export type Run = (frame: Frame) => Value;

/** A chain that says undefined, rather than fail, where something on the way is absent or null. */
export type Probe = (frame: Frame) => Value | undefined;

/** What compiling one node needs to know and may add to. */
export interface Scope {
  /** Variables of the macros around; their place is their place in `Frame.locals`. */
  readonly variables: readonly string[];
  readonly faults: Fault[];
  /** Nodes compiled so far outside macro bodies: what the straight-line part costs. */
  cost: number;
}

/** The compiler itself, handed to the parts that compile their children. */
export type Compile = (node: Node, scope: Scope) => Run;
