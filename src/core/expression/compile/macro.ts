import type { Fault } from "../fault.js";
import { charge, type Frame, fault } from "../frame.js";
import type { Macro } from "../syntax/ast.js";
import { isList, isMap, keysOf, kindOf, type Value } from "../value.js";
import { absorbed } from "./access.js";
import type { Compile, Run, Scope } from "./scope.js";

type Body = (frame: Frame, item: Value) => Value;

/** A macro as a loop. Each turn pays for the nodes of its body. */
export function compileMacro(node: Macro, scope: Scope, compile: Compile): Run {
  const target = compile(node.target, scope);
  const slot = scope.variables.length;
  const inner: Scope = { variables: [...scope.variables, node.variable], faults: scope.faults, cost: 1 };
  const filter = node.filter && compile(node.filter, inner);
  const body = compile(node.body, inner);
  const { cost } = inner;
  const within = (run: Run): Body => {
    return (frame, item) => {
      frame.locals[slot] = item;
      return run(frame);
    };
  };
  const loop = loopOf(node, within(body), filter && within(filter));
  return (frame) => {
    const items = itemsOf(node, target(frame));
    frame.site = node;
    return loop(frame, items, () => charge(frame, cost));
  };
}

/** An object is gone through by its keys. */
function itemsOf(node: Macro, value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (isMap(value)) return keysOf(value);
  const help = value === null ? "write coalesce(x, []) for a list that may be null" : undefined;
  throw fault(node.target, "type-mismatch", `${node.macro}() needs a list, not ${kindOf(value)}`, "error", help);
}

type Loop = (frame: Frame, items: readonly Value[], turn: () => void) => Value;

function loopOf(node: Macro, body: Body, filter: Body | undefined): Loop {
  switch (node.macro) {
    case "map":
      return mapped(node, body, filter);
    case "filter":
      return (frame, items, turn) => {
        return items.filter((item) => {
          turn();
          return truth(node, body(frame, item));
        });
      };
    case "exists_one":
      return (frame, items, turn) => {
        let found = 0;
        for (const item of items) {
          turn();
          if (truth(node, body(frame, item))) found++;
        }
        return found === 1;
      };
    case "exists":
      return deciding(node, body, true);
    case "all":
      return deciding(node, body, false);
  }
}

function mapped(node: Macro, body: Body, filter: Body | undefined): Loop {
  return (frame, items, turn) => {
    const made: Value[] = [];
    for (const item of items) {
      turn();
      if (filter === undefined || truthOfFilter(node, filter(frame, item))) made.push(body(frame, item));
    }
    return made;
  };
}

/** `exists` is a chain of `||` and `all` one of `&&`: the deciding value wins over faults before it. */
function deciding(node: Macro, body: Body, decides: boolean): Loop {
  return (frame, items, turn) => {
    let first: Fault | undefined;
    for (const item of items) {
      turn();
      try {
        if (truth(node, body(frame, item)) === decides) return decides;
      } catch (thrown) {
        const fault = absorbed(frame, thrown);
        first ??= fault;
      }
    }
    if (first !== undefined) throw first;
    return !decides;
  };
}

function truth(node: Macro, value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw fault(node.body, "type-mismatch", `${node.macro}() needs true or false, not ${kindOf(value)}`);
}

function truthOfFilter(node: Macro, value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw fault(node.filter!, "type-mismatch", `the filter must be true or false, not ${kindOf(value)}`);
}
