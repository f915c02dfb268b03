import type { CaseResult, TestReport } from "../../app.js";
import { formatDuration } from "../../core/duration.js";
import type { Json, JsonObject } from "../../core/json.js";
import { diagnosticsText } from "./diagnostics.js";
import { count } from "./lines.js";
import type { Paint } from "./style.js";

type Suites = TestReport["suites"];

/** One case as it ends. */
export function caseLine(paint: Paint, file: string, { name, passed, tookMs, virtualMs }: CaseResult): string {
  const sign = passed ? paint("green", "✔") : paint("red", "✖");
  const virtual = virtualMs > 0 ? ` for ${formatDuration(virtualMs)}` : "";
  return `${sign} ${paint("dim", file)} ${name} ${paint("dim", `(${formatDuration(tookMs)}${virtual})`)}`;
}

/** The failures of one file, each at its place; empty when all passed. */
export function suiteText({ file, text, cases }: Suites[number]): string {
  return cases
    .filter(({ passed }) => !passed)
    .map(({ name, failures }) => `✖ ${name}\n\n${diagnosticsText(failures, new Map([[file, text]]))}\n`)
    .join("\n");
}

export function totalText(suites: Suites, paint: Paint): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const failed = cases.filter(({ passed }) => !passed).length;
  const good = `${cases.length - failed} of ${count(cases.length, "case")} passed`;
  return failed === 0 ? paint("green", good) : paint("red", `${good}, ${failed} failed`);
}

export function passed({ invalid, suites }: TestReport): boolean {
  return invalid.length === 0 && suites.every(({ cases }) => cases.every((result) => result.passed));
}

/** What `--json` prints. */
export function reportDocument(report: TestReport): JsonObject {
  const document = {
    passed: passed(report),
    invalid: report.invalid.map(({ file, diagnostics }) => ({ file, diagnostics })),
    suites: report.suites.map(({ file, workflow, cases }) => ({
      file,
      workflow,
      cases: cases.map(({ name, passed, status, tookMs, virtualMs, failures }) => ({
        name,
        passed,
        status: status ?? null,
        tookMs: Math.round(tookMs),
        virtualMs,
        failures,
      })),
    })),
    coverage: report.coverage,
  };
  return document as unknown as Record<string, Json>;
}
