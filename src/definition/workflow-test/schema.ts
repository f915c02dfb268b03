import { type Static, Type } from "@sinclair/typebox";
import type { Json, JsonObject, JsonSchema } from "../../core/json.js";
import {
  ADDRESS_PATTERN,
  closed,
  Duration,
  ERROR_CODE_PATTERN,
  Named,
  WORKFLOW_ID_PATTERN,
  Words,
} from "../schema/common.js";

const MAX_CASES = 1_000;
const Values = (description: string) => Type.Unsafe<JsonObject>({ type: "object", description });
const ErrorCode = (description: string) => Type.String({ pattern: ERROR_CODE_PATTERN, description });

const MockSchema = Type.Object(
  {
    outputs: Type.Optional(Values("It succeeds with these; they are held to what its stage type promises.")),
    outcome: Type.Optional(Type.String({ description: "The named outcome it ends with." })),
    error: Type.Optional(ErrorCode("It fails with this code.")),
    message: Type.Optional(Type.String({ description: "Of the error." })),
    retryable: Type.Optional(Type.Boolean({ description: "With `error`: may another try succeed? Default true." })),
    cassette: Type.Optional(
      Type.String({
        minLength: 1,
        description: "It is performed, and models answer what was recorded in this folder.",
      }),
    ),
    after: Type.Optional(Duration("How long the attempt takes. Default: no time.")),
  },
  closed("What one attempt comes to; `{}` succeeds with no outputs.", { minProperties: 0 }),
);

const MocksSchema = Named(
  ADDRESS_PATTERN,
  Type.Array(MockSchema, {
    minItems: 1,
    description: "One entry an attempt; the last one stands for all that follow.",
  }),
  "Stages that are not performed, by address; what they come to instead.",
);

const DecisionSchema = Type.Object(
  {
    by: Type.String({ minLength: 1, description: "Who decides: a user of the project." }),
    outcome: Type.String({ description: "What they decide.", examples: ["approved", "rejected"] }),
    after: Type.Optional(Duration("Since the approval opened. Default: at once.")),
    comment: Type.Optional(Type.String({ description: "Their comment." })),
    data: Type.Optional(Values("The form as filled in.")),
    expectRefused: Type.Optional(Type.Boolean({ description: "The decision must be refused. Default false." })),
  },
  closed("One person's decision."),
);

const EventSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, description: "Of the event." }),
    data: Type.Optional(Type.Unsafe<Json>({ description: "What it carries." })),
    after: Type.Optional(Duration("Since the run began. Default: as soon as a stage waits for it.")),
  },
  closed("An event from outside."),
);

const STATUSES = ["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed", "waiting", "paused"] as const;

const ExpectedStageSchema = Type.Unsafe<string | Static<typeof ExpectedStageObject>>({
  type: ["string", "object"],
  description: "The outcome it ends with, or more about it.",
  if: { type: "object" },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { $ref: "#/$defs/expectedStage" },
});
const ExpectedStageObject = Type.Object(
  {
    outcome: Type.Optional(Type.String({ description: "The outcome it ends with." })),
    attempts: Type.Optional(Type.Integer({ minimum: 0, description: "How often it was tried." })),
    outputs: Type.Optional(Values("Part of its outputs.")),
    error: Type.Optional(ErrorCode("The code it failed with.")),
  },
  closed("What is expected of a stage."),
);

const ExpectSchema = Type.Object(
  {
    status: Type.Optional(Words(STATUSES, "How the run ends, or what it is left as.")),
    outputs: Type.Optional(Values("Part of the run's outputs: written keys must match, lists exactly.")),
    error: Type.Optional(ErrorCode("The code of the run's error.")),
    stages: Type.Optional(Named(ADDRESS_PATTERN, ExpectedStageSchema, "Stages and the outcomes they end with.")),
    order: Type.Optional(
      Type.Array(Type.String({ pattern: ADDRESS_PATTERN }), {
        minItems: 2,
        description: "The order in which stages begin; others may begin between them.",
      }),
    ),
    state: Type.Optional(Values("Part of the run's state at the end.")),
    journal: Type.Optional(
      Type.Array(Values("Part of an event."), { minItems: 1, description: "Events that occur, in this order." }),
    ),
  },
  closed("What must come of it.", { minProperties: 1 }),
);

const shared = {
  now: Type.Optional(
    Type.String({ format: "date-time", description: "When the run begins. Default: 2026-01-01T00:00:00Z." }),
  ),
  inputs: Type.Optional(Values("What the run is given. A case's inputs go before those of the file.")),
  mocks: Type.Optional(MocksSchema),
};

const CaseSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, description: "A sentence that says what happens." }),
    ...shared,
    approvals: Type.Optional(
      Named(ADDRESS_PATTERN, Type.Array(DecisionSchema, { minItems: 1 }), "Decisions, by the approval's address."),
    ),
    events: Type.Optional(Type.Array(EventSchema, { minItems: 1, description: "Events that come from outside." })),
    expect: ExpectSchema,
  },
  closed("One run of the workflow."),
);

const TestSchema = Type.Object(
  {
    apiVersion: Type.Unsafe<"stagecraft/v1">({ type: "string", const: "stagecraft/v1", description: "The language." }),
    kind: Type.Unsafe<"WorkflowTest">({ type: "string", const: "WorkflowTest", description: "What this file is." }),
    workflow: Type.String({ pattern: WORKFLOW_ID_PATTERN, description: "Id of the workflow that is tested." }),
    title: Type.Optional(Type.String({ description: "For people." })),
    ...shared,
    cases: Type.Array(CaseSchema, { minItems: 1, maxItems: MAX_CASES, description: "The runs." }),
  },
  closed("Tests of a Stagecraft workflow."),
);

export type TestSource = Static<typeof TestSchema>;
export type CaseSource = Static<typeof CaseSchema>;
export type MockSource = Static<typeof MockSchema>;

/** The schema of `*.test.yaml`, for the reader and for editors. */
export function workflowTestSchema(): JsonSchema {
  return JSON.parse(
    JSON.stringify({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://stagecraft.dev/schemas/workflow-test.schema.json",
      title: "Stagecraft workflow test",
      ...TestSchema,
      patternProperties: { "^x-": { description: "Ignored; a home for YAML anchors." } },
      $defs: { expectedStage: ExpectedStageObject },
    }),
  ) as JsonSchema;
}
