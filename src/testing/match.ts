import { isObject, type Json } from "../core/json.js";
import { sameJson } from "../core/merge.js";

/** One value that is not as expected; `path` into what was expected. `actual` undefined: it is not there. */
export interface Mismatch {
  readonly path: readonly string[];
  readonly expected: Json;
  readonly actual: Json | undefined;
}

/** Objects are matched by the keys that are written, at any depth; lists and scalars exactly. */
export function mismatches(
  expected: Json,
  actual: Json | undefined,
  path: readonly string[] = [],
): readonly Mismatch[] {
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      mismatches(value, Object.hasOwn(actual, key) ? actual[key] : undefined, [...path, key]),
    );
  }
  return actual !== undefined && sameJson(expected, actual) ? [] : [{ path, expected, actual }];
}

const MAX_SHOWN = 200;

/** A value in a message, on one line. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
