import pLimit from "p-limit";
import type { RunStatus } from "../core/event.js";
import type { RunState } from "../core/state.js";
import type { TestCase, TestReading, WorkflowTest } from "../definition/index.js";
import type { CaseFailure, Problem } from "./problem.js";
import { runCase, type TestParts } from "./run-case.js";

/** A test file that was read without errors. */
export interface Suite {
  readonly file: string;
  readonly test: WorkflowTest;
  readonly locate: TestReading["locate"];
}

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly CaseFailure[];
  /** How the run ended or what it was left as; absent where it never began. */
  readonly status?: RunStatus;
  /** Real and virtual milliseconds. */
  readonly tookMs: number;
  readonly virtualMs: number;
  readonly state?: RunState;
}

export interface SuiteResult {
  readonly file: string;
  readonly workflow: string;
  readonly cases: readonly CaseResult[];
}

export interface SuiteOptions {
  readonly parts: TestParts;
  /** Cases at a time. */
  readonly concurrency: number;
  /** Which cases run; without it all. */
  readonly wanted?: (name: string) => boolean;
  /** Hears each result as it comes. */
  readonly heard?: (suite: Suite, result: CaseResult) => void;
}

/** Runs the cases of one file side by side; results are in the order of the file. */
export async function runSuite(suite: Suite, options: SuiteOptions): Promise<SuiteResult> {
  const limit = pLimit(options.concurrency);
  const cases = suite.test.cases.filter(({ name }) => options.wanted?.(name) ?? true);
  const results = await Promise.all(cases.map((test) => limit(() => runOne(suite, test, options))));
  return { file: suite.file, workflow: suite.test.plan.workflow.id, cases: results };
}

async function runOne(suite: Suite, test: TestCase, { parts, heard }: SuiteOptions): Promise<CaseResult> {
  const began = performance.now();
  const { problems, state, row } = await runCase(suite.test.plan, test, parts);
  const result: CaseResult = {
    name: test.name,
    passed: problems.length === 0,
    failures: problems.map((problem) => place(suite, problem)),
    tookMs: performance.now() - began,
    virtualMs: row === undefined ? 0 : row.updatedAt - row.createdAt,
    ...(row !== undefined && { status: row.status }),
    ...(state !== undefined && { state }),
  };
  heard?.(suite, result);
  return result;
}

function place({ file, locate }: Suite, problem: Problem): CaseFailure {
  const { path, atKey = false, ...rest } = problem;
  const range = locate({ path, part: atKey ? "key" : "value" });
  return { severity: "error", ...rest, file, range, path: path.join(".") };
}
