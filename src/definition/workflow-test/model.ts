import type { EndStatus, RunStatus } from "../../core/event.js";
import type { Json, JsonObject } from "../../core/json.js";
import type { Plan } from "../../core/plan.js";
import type { Path } from "../findings.js";

/** What one attempt of a mocked stage comes to. */
export interface MockEntry {
  readonly outputs?: JsonObject;
  /** The named outcome it ends with; without it, it succeeds. */
  readonly outcome?: string;
  /** It fails with this code. */
  readonly error?: string;
  readonly message?: string;
  readonly retryable?: boolean;
  /** It is performed, with the answers of models recorded in this folder of the project. */
  readonly cassette?: string;
  /** Milliseconds it takes. */
  readonly after: number;
}

/** One person's decision. */
export interface ScriptedDecision {
  readonly by: string;
  readonly outcome: string;
  /** Milliseconds since the approval opened. */
  readonly after: number;
  readonly comment?: string;
  readonly data?: JsonObject;
  readonly expectRefused: boolean;
}

export interface ScriptedEvent {
  readonly name: string;
  readonly data: Json;
  /** Milliseconds since the run began; without it, as soon as a stage waits for an event of this name. */
  readonly after?: number;
}

export interface ExpectedStage {
  readonly outcome?: string;
  readonly attempts?: number;
  readonly outputs?: JsonObject;
  readonly error?: string;
}

/** Objects are matched by the keys that are written, lists and scalars exactly. */
export interface Expectation {
  readonly status?: RunStatus | EndStatus;
  readonly outputs?: JsonObject;
  readonly error?: string;
  readonly stages: Readonly<Record<string, ExpectedStage>>;
  /** Addresses, in the order in which the stages begin; others may begin between them. */
  readonly order: readonly string[];
  readonly state?: JsonObject;
  /** Parts of journal events that occur, in this order. */
  readonly journal: readonly JsonObject[];
}

/** One run of the workflow with what it meets on its way. */
export interface TestCase {
  readonly name: string;
  /** Where it stands in the document. */
  readonly path: Path;
  /** When the run begins: milliseconds since the epoch. */
  readonly now: number;
  /** Checked, defaults filled in. */
  readonly inputs: JsonObject;
  /** By address, with those of the file where the case has none. */
  readonly mocks: Readonly<Record<string, readonly MockEntry[]>>;
  readonly approvals: Readonly<Record<string, readonly ScriptedDecision[]>>;
  readonly events: readonly ScriptedEvent[];
  readonly expect: Expectation;
}

/** One test file, with the plan it is about. */
export interface WorkflowTest {
  readonly plan: Plan;
  readonly cases: readonly TestCase[];
}
