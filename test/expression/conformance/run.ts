import { tests } from "@bufbuild/cel-spec/testdata/conformance.js";
import { parseTimestamp } from "../../../src/core/expression/compute/time.js";
import {
  compileExpression,
  Duration,
  ExpressionError,
  toJson,
  type Value,
} from "../../../src/core/expression/index.js";
import { leftOut, type SuiteTest, type SuiteValue } from "./profile.js";

export interface Result {
  readonly section: string;
  readonly test: SuiteTest;
  readonly leftOut: string | undefined;
  /** What came out instead; undefined when it passed. */
  readonly failure: string | undefined;
}

export function runSuite(): readonly Result[] {
  return tests.suites!.flatMap((suite) =>
    (suite.suites ?? []).flatMap((group) =>
      (group.tests ?? []).map(({ original }): Result => {
        const test = original as unknown as SuiteTest;
        const section = `${suite.name}/${group.name}`;
        const why = leftOut(section, test);
        return { section, test, leftOut: why, failure: why === undefined ? failureOf(test) : undefined };
      }),
    ),
  );
}

function failureOf(test: SuiteTest): string | undefined {
  const expected = test.evalError ? "an error" : text(given(test.value ?? { boolValue: true }));
  const actual = outcomeOf(test);
  return actual === expected ? undefined : `${actual} instead of ${expected}`;
}

function outcomeOf(test: SuiteTest): string {
  const bindings = new Map(Object.entries(test.bindings ?? {}).map(([name, { value }]) => [name, given(value)]));
  const { expression } = compileExpression(test.expr);
  if (expression === undefined) return "an error";
  try {
    return text(expression.evaluate((name) => bindings.get(name), { now: 0 }));
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown;
    return "an error";
  }
}

function text(value: Value): string {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : JSON.stringify(sorted(toJson(value)));
}

function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json)
      .sort()
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function given(value: SuiteValue): Value {
  if (value.int64Value !== undefined) return Number(value.int64Value);
  if (value.doubleValue !== undefined) return Number(value.doubleValue) + 0;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.listValue !== undefined) return (value.listValue.values ?? []).map(given);
  if (value.mapValue !== undefined) {
    const entries = value.mapValue.entries ?? [];
    return Object.fromEntries(entries.map((entry) => [String(given(entry.key)), given(entry.value)]));
  }
  const object = value.objectValue;
  if (object?.["@type"].endsWith("Timestamp")) return parseTimestamp(object.value)!;
  if (object?.["@type"].endsWith("Duration")) return new Duration(Number(object.value.slice(0, -1)) * 1_000);
  return null;
}
