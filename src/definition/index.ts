export { CODES, type CodeRecord, explain } from "./codes.js";
export { checkInputs, coerceInput, explainFaults, type InputIssue } from "./inputs.js";
export { type ReadHost, type Reading, readDefinition } from "./read.js";
export { workflowSchema } from "./schema/compose.js";
export type { Source } from "./source.js";
export * from "./workflow-test/index.js";
export type { Header } from "./workflows.js";
