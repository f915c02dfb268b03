import { arithmetic } from "../compute/arithmetic.js";
import { equals, order } from "../compute/compare.js";
import { charge, chargeItems, chargeText, type Frame, fail, fault } from "../frame.js";
import { ANY_LIST, BOOLEAN, DYNAMIC, listOf, NUMBER, optionsOf, STRING, type Type, unionOf } from "../type.js";
import { isList, isMap, keysOf, kindOf, type Value } from "../value.js";
import { type FunctionTable, overload } from "./signature.js";
import { textSize } from "./texts.js";

type List = readonly Value[];

/** The type of a list's items. */
export function itemOf(type: Type | undefined): Type {
  const lists = type === undefined ? [] : optionsOf(type);
  return unionOf(lists.map((option) => (option.kind === "list" ? option.item : DYNAMIC)));
}

const sameList = ([list]: readonly Type[]) => listOf(itemOf(list));
const oneItem = ([list]: readonly Type[]) => itemOf(list);

function size(frame: Frame, of: Value): number {
  if (typeof of === "string") return textSize(frame, of);
  return isList(of) ? of.length : isMap(of) ? keysOf(of).length : 0;
}

function contains(frame: Frame, list: List, item: Value): boolean {
  charge(frame, list.length);
  return list.some((each) => equals(frame, each, item));
}

function sum(frame: Frame, list: List): Value {
  charge(frame, list.length);
  return list.reduce(
    (total: Value, item, i) => (i === 0 ? checked(frame, item) : arithmetic(frame, "+", total, item)),
    0,
  );
}

function checked(frame: Frame, item: Value): Value {
  if (["number", "decimal", "duration"].includes(kindOf(item))) return item;
  throw fail(frame, "type-mismatch", `cannot add up ${kindOf(item)} values`);
}

function avg(frame: Frame, list: List): Value {
  if (list.length === 0) throw empty(frame, "avg");
  const total = sum(frame, list);
  return arithmetic(frame, "/", total, list.length);
}

/** The least (`sign` -1) or greatest (1) item. */
function extreme(name: string, sign: 1 | -1): (frame: Frame, list: List) => Value {
  return (frame, list) => {
    if (list.length === 0) throw empty(frame, name);
    charge(frame, list.length);
    // Compared with itself, so that a list of one thing without an order is refused too.
    return list.reduce((best, item) => (compare(frame, item, best) * sign > 0 ? item : best), ordered(frame, list[0]!));
  };
}

function ordered(frame: Frame, value: Value): Value {
  compare(frame, value, value);
  return value;
}

function compare(frame: Frame, a: Value, b: Value): number {
  const result = order(a, b);
  if (result === undefined) throw fail(frame, "type-mismatch", `cannot order ${kindOf(a)} and ${kindOf(b)}`);
  return result;
}

function empty(frame: Frame, name: string) {
  const help = `guard it: size(x) > 0 ? ${name}(x) : …, or coalesce(${name}(x), 0)`;
  return fault(frame.site, "empty-list", `${name}() of an empty list`, "absence", help);
}

function sort(frame: Frame, list: List): List {
  chargeItems(frame, list.length * Math.max(1, Math.log2(list.length + 1)));
  for (const item of list) ordered(frame, item);
  return [...list].sort((a, b) => compare(frame, a, b));
}

function distinct(frame: Frame, list: List): List {
  chargeItems(frame, list.length);
  const seen = new Set<Value>();
  const objects: Value[] = [];
  return list.filter((item) => {
    if (typeof item !== "object" || item === null) return !seen.has(item) && seen.add(item);
    charge(frame, 2 * objects.length);
    if (objects.some((other) => equals(frame, other, item))) return false;
    objects.push(item);
    return true;
  });
}

function flatten(frame: Frame, list: List, depth = 1): List {
  if (!Number.isInteger(depth) || depth < 1 || depth > 100) {
    throw fail(frame, "out-of-range", "flatten() goes 1 to 100 levels deep");
  }
  const flat: Value[] = [];
  const visit = (items: List, left: number): void => {
    charge(frame, items.length);
    for (const item of items) {
      if (left > 0 && isList(item)) visit(item, left - 1);
      else flat.push(item);
    }
  };
  visit(list, depth);
  chargeItems(frame, flat.length);
  return flat;
}

function slice(frame: Frame, list: List, from: number, to = list.length): List {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > list.length) {
    throw fail(frame, "out-of-range", `slice(${from}, ${to}) is outside a list of ${list.length} items`);
  }
  chargeItems(frame, to - from);
  return list.slice(from, to);
}

function end(name: string, at: 0 | -1): (frame: Frame, list: List) => Value {
  return (frame, list) => {
    const item = list.at(at);
    if (item === undefined) throw empty(frame, name);
    return item;
  };
}

function reverse(frame: Frame, of: List | string): Value {
  if (isList(of)) {
    chargeItems(frame, of.length);
    return [...of].reverse();
  }
  chargeText(frame, of.length);
  return Array.from(of as string)
    .reverse()
    .join("");
}

/** From 0, or from `from`, up to but without `to`. */
function range(frame: Frame, first: number, second?: number): List {
  const [from, to] = second === undefined ? [0, first] : [first, second];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw fail(frame, "out-of-range", "range() counts in whole numbers");
  }
  const length = Math.max(0, to - from);
  chargeItems(frame, length);
  return Array.from({ length }, (_, i) => from + i);
}

const LISTED = (from: readonly Type[]) => unionOf(from);

export const LIST_FUNCTIONS: FunctionTable = new Map([
  ["size", [overload("of: string|list|object", NUMBER, size)]],
  [
    "contains",
    [
      overload("text: string, part: string", BOOLEAN, (frame: Frame, text: string, part: string) => {
        chargeText(frame, text.length);
        return text.includes(part);
      }),
      overload("list: list, item: any", BOOLEAN, contains),
    ],
  ],
  ["sum", [overload("list: list", oneItem, sum)]],
  ["avg", [overload("list: list", oneItem, avg)]],
  ["min", extremes("min", -1)],
  ["max", extremes("max", 1)],
  ["sort", [overload("list: list", sameList, sort)]],
  ["distinct", [overload("list: list", sameList, distinct)]],
  ["flatten", [overload("list: list, depth?: number", ANY_LIST, flatten)]],
  ["slice", [overload("list: list, from: number, to?: number", sameList, slice)]],
  ["first", [overload("list: list", oneItem, end("first", 0))]],
  ["last", [overload("list: list", oneItem, end("last", -1))]],
  ["reverse", [overload("list: list", sameList, reverse), overload("text: string", STRING, reverse)]],
  [
    "range",
    [overload("to: number", listOf(NUMBER), range), overload("from: number, to: number", listOf(NUMBER), range)],
  ],
]);

/** Of one list, or of two to four values. */
function extremes(name: string, sign: 1 | -1) {
  const pick = extreme(name, sign);
  const ofValues = (frame: Frame, ...values: Value[]) =>
    pick(
      frame,
      values.filter((value) => value !== undefined),
    );
  return [overload("list: list", oneItem, pick), overload("a: any, b: any, c?: any, d?: any", LISTED, ofValues)];
}
