import { Fault } from "../fault.js";
import { charge, type Frame, fault } from "../frame.js";
import type { Index, Node, Select } from "../syntax/ast.js";
import { fieldOf, isList, isMap, kindOf, Optional, type Value } from "../value.js";
import type { Compile, Probe, Run, Scope } from "./scope.js";

/** What an absorbed fault costs: throwing is dear. */
const FAULT_COST = 20;

/** `target.field`; on an optional, an optional again. */
export function compileSelect(node: Select, scope: Scope, compile: Compile): Run {
  const target = compile(node.target, scope);
  const { field } = node;
  if (node.optional) return (frame) => optionally(target(frame), (value) => probeField(node, value, field));
  return (frame) => {
    const value = target(frame);
    if (isMap(value)) {
      const found = fieldOf(value, field);
      if (found !== undefined) return found;
      throw missingField(node, field);
    }
    if (value instanceof Optional) return optionally(value, (inner) => probeField(node, inner, field));
    throw noFields(node, value, field);
  };
}

/** `target[index]`; on an optional, an optional again. */
export function compileIndex(node: Index, scope: Scope, compile: Compile): Run {
  const target = compile(node.target, scope);
  const index = compile(node.index, scope);
  if (node.optional) {
    return (frame) => {
      const value = target(frame);
      const key = index(frame);
      return optionally(value, (inner) => probeItem(node, inner, key));
    };
  }
  return (frame) => {
    const value = target(frame);
    const key = index(frame);
    if (value instanceof Optional) return optionally(value, (inner) => probeItem(node, inner, key));
    const found = value === null ? undefined : probeItem(node, value, key);
    if (found !== undefined) return found;
    throw missingItem(node, value, key);
  };
}

function optionally(value: Value, read: (value: Value) => Value | undefined): Optional {
  const inner = value instanceof Optional ? value.value : value;
  return new Optional(inner === undefined ? undefined : read(inner));
}

/**
 * What is there, or undefined: `has`, tests for null, `coalesce` and `get` ask like this.
 * Only absence is forgiven; any other fault is thrown.
 */
export function compileProbe(node: Node, scope: Scope, compile: Compile): Probe {
  if (node.kind === "select") {
    scope.cost++;
    const target = compileProbe(node.target, scope, compile);
    return (frame) => {
      const value = unwrap(target(frame));
      return value === undefined ? undefined : probeField(node, value, node.field);
    };
  }
  if (node.kind === "index") {
    scope.cost++;
    const target = compileProbe(node.target, scope, compile);
    const index = compile(node.index, scope);
    return (frame) => {
      const value = unwrap(target(frame));
      return value === undefined ? undefined : probeItem(node, value, index(frame));
    };
  }
  const run = compile(node, scope);
  if (node.kind === "name" || node.kind === "literal") return run;
  return (frame) => {
    try {
      return run(frame);
    } catch (thrown) {
      if (absorbed(frame, thrown).kind === "absence") return undefined;
      throw thrown;
    }
  };
}

/** What an optional holds; undefined for none. */
export function unwrap(value: Value | undefined): Value | undefined {
  return value instanceof Optional ? value.value : value;
}

/** The fault, when it is one that may be absorbed; anything else is thrown on. */
export function absorbed(frame: Frame, thrown: unknown): Fault {
  if (!(thrown instanceof Fault) || thrown.kind === "final") throw thrown;
  charge(frame, FAULT_COST);
  return thrown;
}

function probeField(node: Select, value: Value, field: string): Value | undefined {
  if (isMap(value)) return fieldOf(value, field);
  if (value === null) return undefined;
  throw noFields(node, value, field);
}

function probeItem(node: Index, value: Value, key: Value): Value | undefined {
  if (isMap(value)) {
    if (typeof key === "string") return fieldOf(value, key);
    throw fault(node.index, "type-mismatch", `an object's field is named by a text, not by ${article(key)}`);
  }
  if (isList(value)) {
    if (typeof key === "number" && Number.isInteger(key)) return key < 0 ? undefined : value[key];
    const what = typeof key === "number" ? String(key) : article(key);
    throw fault(node.index, "type-mismatch", `a list's item is numbered by a whole number, not by ${what}`);
  }
  if (value === null) return undefined;
  throw fault(node.target, "type-mismatch", `${article(value)} has no items`);
}

function missingField(node: Select, field: string): Fault {
  const help = `guard it with has(…), or write .?${field}.orValue(…)`;
  return fault(node.at, "missing-field", `there is no field \`${field}\` here`, "absence", help);
}

function noFields(node: Select, value: Value, field: string): Fault {
  if (value === null) return fault(node.at, "missing-field", `cannot read \`${field}\` of null`, "absence");
  return fault(node.at, "type-mismatch", `cannot read field \`${field}\` of ${article(value)}`);
}

function missingItem(node: Index, value: Value, key: Value): Fault {
  if (typeof key === "string") {
    const message = value === null ? `cannot read \`${key}\` of null` : `there is no field \`${key}\` here`;
    return fault(node.index, "missing-field", message, "absence");
  }
  const size = isList(value) ? `a list of ${value.length}` : "null";
  return fault(node.index, "missing-field", `there is no item ${String(key)} in ${size}`, "absence");
}

function article(value: Value): string {
  const kind = kindOf(value);
  return kind === "null" ? kind : `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}
