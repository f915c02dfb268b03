export { addresses, levelOf } from "./address.js";
export type {
  Expectation,
  ExpectedStage,
  MockEntry,
  ScriptedDecision,
  ScriptedEvent,
  TestCase,
  WorkflowTest,
} from "./model.js";
export { readWorkflowTest, type TestHost, type TestReading } from "./read.js";
export { workflowTestSchema } from "./schema.js";
