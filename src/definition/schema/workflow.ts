import { type Static, Type } from "@sinclair/typebox";
import type { Json, JsonObject } from "../../core/json.js";
import { AlertSchema } from "./alert.js";
import { RunBudgetSchema } from "./budget.js";
import {
  closed,
  Duration,
  NAME_PATTERN,
  Named,
  SECRET_PATTERN,
  Templates,
  Text,
  VERSION_PATTERN,
  WORKFLOW_ID_PATTERN,
  Words,
} from "./common.js";
import { ConcurrencySchema } from "./limits.js";
import { PolicySchema } from "./policy.js";
import { RetrySchema, StageSchema } from "./stage.js";
import { TriggerSchema } from "./trigger.js";

/** The keywords of JSON Schema that fields use most, for editors; nothing is required of their values here. */
const FIELD_WORDS = {
  type: { description: "What values it has.", examples: ["string", "number", "integer", "boolean", "object", "array"] },
  description: { description: "For people." },
  default: { description: "The value when none is given." },
  enum: { description: "The values allowed." },
  format: { description: "The form of a text.", examples: ["date", "date-time", "email", "uri", "uuid"] },
  pattern: { description: "A regular expression the text matches." },
  minimum: { description: "The smallest number allowed." },
  maximum: { description: "The largest number allowed." },
  minLength: { description: "The least characters of a text." },
  maxLength: { description: "The most characters of a text." },
  items: { description: "JSON Schema of each entry of a list." },
  properties: { description: "JSON Schema of each field of an object." },
  required: { description: "The fields an object must have." },
};

const InputSchema = Type.Unsafe<JsonObject>({
  type: "object",
  description: "A JSON Schema. Required unless it has `default` or `optional: true`.",
  properties: { ...FIELD_WORDS, optional: Type.Boolean({ description: "The run may start without it." }) },
});

const StateSchema = Type.Unsafe<JsonObject>({
  type: "object",
  description: "A JSON Schema, and how writes that may happen at the same time are joined.",
  properties: {
    ...FIELD_WORDS,
    merge: Words(["last", "append", "sum", "min", "max", "union"], "How parallel writes are joined.", [
      "The later write wins.",
      "Each write is added to the list.",
      "Writes are added up.",
      "The smallest.",
      "The largest.",
      "The list without repetitions.",
    ]),
  },
});

const FileRef = {
  type: "object",
  properties: { file: Type.String() },
  required: ["file"],
  additionalProperties: false,
};

const AgentSchema = Type.Unsafe<JsonObject>({
  type: "object",
  description: "Who an `agent` stage asks. Further keys are the provider's own.",
  properties: {
    title: Type.String({ description: "For people." }),
    provider: Type.String({
      description: "auto, openai, embedded, or a plugin's.",
      examples: ["auto", "openai", "embedded"],
    }),
    model: Type.String({ description: "Any name the provider knows." }),
    instructions: {
      type: ["string", "object"],
      description: "What the agent is told to be and do, or `{ file: path }`.",
      properties: FileRef.properties,
      required: FileRef.required,
      additionalProperties: false,
    },
    output: { type: "object", description: "JSON Schema of its answer; without it the answer is `{ text }`." },
    examples: { type: "array", description: "Pairs of `input` and `output`.", items: { type: "object" } },
    tools: { type: "array", description: "What it may call.", items: { type: ["string", "object"] } },
    limits: { type: "object", description: "maxTurns, maxOutputTokens, timeout, usd." },
    rateLimit: { type: "object", description: "requestsPerMinute, tokensPerMinute." },
  },
});

const RulesetSchema = Type.Unsafe<JsonObject>({
  type: "object",
  description: "A decision table for `rules` stages.",
  properties: {
    version: Type.String({ description: "For the record." }),
    hit: Type.String({
      description: "Which matching rules count.",
      examples: ["unique", "first", "priority", "any", "collect", "ruleOrder", "outputOrder"],
    }),
    inputs: { type: "object", description: "Column to expression over `facts`." },
    outputs: { type: "object", description: "Column to allowed values or a schema." },
    rules: { type: ["array", "object"], description: "Rows by column name, or `{ file: table.csv }`." },
    default: { type: "object", description: "The outputs when no rule matches." },
  },
});

const STAGES = { $ref: "#/$defs/stages" };

/** The whole of a definition. */
export const WorkflowSchema = Type.Object(
  {
    apiVersion: Type.Unsafe<"stagecraft/v1">({ type: "string", const: "stagecraft/v1", description: "The language." }),
    id: Type.String({
      pattern: WORKFLOW_ID_PATTERN,
      description: "Unique among loaded definitions.",
      examples: ["financial-approval"],
    }),
    version: Type.String({ pattern: VERSION_PATTERN, description: "Semantic version, quoted.", examples: ["1.0.0"] }),
    title: Type.Optional(Type.String({ description: "For people." })),
    description: Type.Optional(Type.String({ description: "What it is for." })),
    domain: Type.Optional(
      Type.String({ description: "A free label.", examples: ["financial", "data-processing", "standard"] }),
    ),
    inputs: Type.Optional(Named(NAME_PATTERN, InputSchema, "What a run is given, each with a JSON Schema.")),
    state: Type.Optional(Named(NAME_PATTERN, StateSchema, "Fields shared by the stages of a run.")),
    secrets: Type.Optional(
      Type.Array(Type.String({ pattern: SECRET_PATTERN }), {
        uniqueItems: true,
        description: "Names only; values come from outside.",
      }),
    ),
    redact: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description:
          "Inputs that nobody is to see: paths such as `inputs.iban` or `inputs.people[*].name`. Stages get the values, everything that is kept or shown a number in their place.",
        examples: [["inputs.iban"]],
      }),
    ),
    agents: Type.Optional(Named(NAME_PATTERN, AgentSchema, "Who `agent` stages ask.")),
    rulesets: Type.Optional(Named(NAME_PATTERN, RulesetSchema, "Decision tables of `rules` stages.")),
    defaults: Type.Optional(
      Type.Object(
        { retry: Type.Optional(RetrySchema), timeout: Type.Optional(Duration("Of one attempt.")) },
        closed("For every effect that does not say otherwise."),
      ),
    ),
    stages: Type.Unsafe<Record<string, Json>>({ ...STAGES, description: "The graph: stage id to stage." }),
    finally: Type.Optional(
      Type.Unsafe<Record<string, Json>>({ ...STAGES, description: "Stages that run when the run is about to end." }),
    ),
    outputs: Type.Optional(Templates("The run's result.")),
    policies: Type.Optional(Type.Array(PolicySchema, { description: "Compliance, proved before the run." })),
    idempotencyKey: Type.Optional(Text({ description: "Starting it twice with one key returns the first run." })),
    timeout: Type.Optional(Duration("Of the whole run.")),
    maxParallel: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: "Stages at a time. Default 20." }),
    ),
    failFast: Type.Optional(
      Type.Boolean({ description: "The first unhandled failure starts nothing new. Default false." }),
    ),
    concurrency: Type.Optional(ConcurrencySchema),
    priority: Type.Optional(
      Type.Integer({
        minimum: -1_000,
        maximum: 1_000,
        description:
          "Which of the runs that wait for a process goes first: the higher. A minute of waiting is worth a point. Default 0.",
      }),
    ),
    budget: Type.Optional(RunBudgetSchema),
    triggers: Type.Optional(Type.Array(TriggerSchema, { description: "What starts it by itself." })),
    alerts: Type.Optional(Type.Array(AlertSchema, { description: "Who is told of what." })),
  },
  closed("A Stagecraft workflow.", {
    defaultSnippets: [
      {
        label: "workflow",
        description: "A workflow with one stage",
        body: {
          apiVersion: "stagecraft/v1",
          id: "${1:my-workflow}",
          version: '"1.0.0"',
          stages: { "${2:first}": { uses: "transform", with: { values: { "${3:greeting}": "${4:hello}" } } } },
        },
      },
    ],
  }),
);

/** A definition as written, once the schema holds. */
export type WorkflowSource = Static<typeof WorkflowSchema>;

/** Keywords for editors, and for the checks beside a schema, that validators pass over. */
export const EDITOR_KEYWORDS = [
  "x-schema",
  "defaultSnippets",
  "enumDescriptions",
  "markdownDescription",
  "patternErrorMessage",
  "doNotSuggest",
];

/** The language without any stage type: `uses` is any text and `with` any object. */
export function coreSchema(): JsonObject {
  return JSON.parse(
    JSON.stringify({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...WorkflowSchema,
      patternProperties: { "^x-": { description: "Ignored; a home for YAML anchors." } },
      $defs: {
        stages: {
          type: "object",
          minProperties: 1,
          propertyNames: { pattern: "^[a-z][A-Za-z0-9]*$" },
          additionalProperties: { $ref: "#/$defs/stage" },
        },
        stage: StageSchema,
      },
    }),
  ) as JsonObject;
}
