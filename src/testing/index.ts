export { coverageOf, type WorkflowCoverage } from "./coverage.js";
export type { People } from "./decisions.js";
export type { CaseFailure } from "./problem.js";
export type { TestParts } from "./run-case.js";
export { type CaseResult, runSuite, type Suite, type SuiteResult } from "./suite.js";
