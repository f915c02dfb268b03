import { isObject, type Json, type JsonObject } from "./json.js";

/** One place where two values differ; undefined: it is not there. */
export interface Difference {
  /** Keys and indexes from the outermost value in: `["lines", 2, "amount"]`. Empty: the whole value. */
  readonly path: readonly (string | number)[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Where two values differ, as deep as both sides have the same shape, in the order of the first value's keys. */
export function differences(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (path: Difference["path"], a: Json | undefined, b: Json | undefined): void => {
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        compare([...path, key], own(a, key), own(b, key));
      }
    } else if (Array.isArray(a) && Array.isArray(b)) {
      for (let at = 0; at < Math.max(a.length, b.length); at++) compare([...path, at], a[at], b[at]);
    } else if (a !== b) found.push({ path, before: a, after: b });
  };
  compare([], before, after);
  return found;
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
