import { expect, test } from "vitest";
import { compileExpression, type ExpressionError, toJson, type Value } from "../../src/core/expression/index.js";
import type { Json } from "../../src/core/json.js";

export const NOW = Date.UTC(2026, 2, 1, 9, 30);

/** The value of an expression over plain names. */
export function value(source: string, names: Readonly<Record<string, Value>> = {}, budget?: number): Value {
  const { expression, issues } = compileExpression(source);
  if (!expression) throw new Error(`${source}: ${issues.map((issue) => `${issue.code} ${issue.message}`).join("; ")}`);
  const lookup = (name: string) => (Object.hasOwn(names, name) ? names[name] : undefined);
  return expression.evaluate(lookup, { now: NOW, ...(budget !== undefined && { budget }) });
}

/** The same as JSON. */
export function json(source: string, names: Readonly<Record<string, Value>> = {}): Json {
  return toJson(value(source, names));
}

/** The fault of an evaluation as `code@the text it is shown at`. */
export function faultOf(source: string, names: Readonly<Record<string, Value>> = {}, budget?: number): string {
  try {
    value(source, names, budget);
    return "no fault";
  } catch (thrown) {
    const { name, code, start, end } = thrown as ExpressionError;
    if (name !== "ExpressionError") throw thrown;
    return `${code}@${source.slice(start, end)}`;
  }
}

/** The first issue of compiling as `code@the text it is shown at`. */
export function issueOf(source: string): string {
  const [issue] = compileExpression(source).issues;
  return issue ? `${issue.code}@${source.slice(issue.start, issue.end)}` : "no issue";
}

/** One test for each row: what the source is, as JSON. */
export function evaluates(names: Readonly<Record<string, Value>>, rows: readonly (readonly [string, unknown])[]): void {
  test.each(rows)("%s is %j", (source, expected) => {
    expect(json(source, names)).toEqual(expected);
  });
}

/** One test for each row: the fault the source ends in. */
export function fails(names: Readonly<Record<string, Value>>, rows: readonly (readonly [string, string])[]): void {
  test.each(rows)("%s is the fault %s", (source, expected) => {
    expect(faultOf(source, names)).toBe(expected);
  });
}
