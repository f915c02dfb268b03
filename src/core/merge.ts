import { add } from "./expression/compute/number.js";
import { isObject, type Json } from "./json.js";
import type { Merge } from "./plan.js";

/**
 * What a state field holds after `addition` is set on it. `append` and `union` take lists, `sum`, `min` and `max` numbers;
 * the checker and `state-invalid` see to it that they get them. Without `merge`, or with `last`, the newest wins.
 */
export function merged(merge: Merge | undefined, present: Json | undefined, addition: Json): Json {
  if (present === undefined || present === null || merge === undefined || merge === "last") return addition;
  if (merge === "append" || merge === "union") {
    const all = [...asList(present), ...asList(addition)];
    return merge === "append" ? all : all.filter((item, at) => all.findIndex((other) => sameJson(other, item)) === at);
  }
  if (typeof present !== "number" || typeof addition !== "number") return addition;
  if (merge === "sum") return add(present, addition);
  const isLess = addition < present;
  return isLess === (merge === "min") ? addition : present;
}

/** Deep equality of JSON; the order of keys does not matter. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => sameJson(item, b[at] as Json));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] as Json, b[key] as Json));
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}
