import { type Static, Type } from "@sinclair/typebox";
import type { Json, JsonObject } from "../../core/json.js";
import { LIMITS } from "../../core/plan.js";
import { BudgetSchema } from "./budget.js";
import {
  Anything,
  Condition,
  closed,
  Duration,
  ErrorCodes,
  ListOrExpression,
  NAME_PATTERN,
  NEED_PATTERN,
  Templates,
  Text,
  Words,
} from "./common.js";
import { RateLimitSchema, StageConcurrencySchema } from "./limits.js";

const NeedText = Type.String({ pattern: NEED_PATTERN });

/** An edge by name, or several of which some must hold. */
export const NeedSchema = Type.Unsafe<string | NeedGroup>({
  type: ["string", "object"],
  pattern: NEED_PATTERN,
  description:
    "A stage (`a`), a stage and an outcome (`gate.approved`), `a.done`, or `{ anyOf: […] }`, `{ settled: […] }`.",
  properties: {
    anyOf: Type.Array(NeedText, { minItems: 1, description: "Holds as soon as `count` of these hold." }),
    count: Type.Integer({ minimum: 1, default: 1, description: "How many of `anyOf` must hold." }),
    rest: Words(["keep", "cancel"], "What becomes of the listed stages that have not ended.", [
      "They go on.",
      "They are cancelled.",
    ]),
    settled: Type.Array(NeedText, { minItems: 1, description: "Holds when all are decided and at least one holds." }),
  },
  additionalProperties: false,
  minProperties: 1,
});

export interface NeedGroup {
  readonly anyOf?: readonly string[];
  readonly count?: number;
  readonly rest?: "keep" | "cancel";
  readonly settled?: readonly string[];
}

export const RetrySchema = Type.Object(
  {
    maxAttempts: Type.Integer({ minimum: 1, maximum: LIMITS.attempts, description: "Tries in all; counts the first." }),
    delay: Type.Optional(Duration("Before the second try. Default 1s.")),
    backoff: Type.Optional(
      Words(["fixed", "exponential"], "How the delay grows. Default exponential.", [
        "The same delay each time.",
        "Times `factor` after each try.",
      ]),
    ),
    factor: Type.Optional(Type.Number({ minimum: 1, maximum: 100, description: "Of exponential backoff. Default 2." })),
    maxDelay: Type.Optional(Duration("The delay grows no further. Default 5m.")),
    jitter: Type.Optional(
      Words(["none", "full"], "Default full.", ["The delay exactly.", "A random part of the delay: spreads the load."]),
    ),
    errors: Type.Optional(ErrorCodes("Retry these codes only, whether or not they are retryable by themselves.")),
    if: Type.Optional(Condition("Retry only while this is true; `error` is in scope.")),
  },
  closed("Try again after a failure. Only retryable errors, unless `errors` lists codes.", {
    defaultSnippets: [{ label: "retry", body: { maxAttempts: 3, delay: "2s", backoff: "exponential" } }],
  }),
);

export const ErrorRuleSchema = Type.Object(
  {
    errors: Type.Optional(ErrorCodes("Codes this rule is for; without it, any.")),
    if: Type.Optional(Condition("Further condition; `error` is in scope.")),
    do: Words(["fail", "skip", "pause", "rollback"], "What to do.", [
      "The stage fails.",
      "The stage ends skipped, with `outputs` if given.",
      "The run stops until a person resumes it.",
      "What succeeded is compensated, newest first.",
    ]),
    outputs: Type.Optional(Templates("With `do: skip`: the outputs the stage has instead.")),
  },
  closed("The first rule that matches decides; none is `fail`."),
);

export const OnErrorSchema = Type.Unsafe<OnError>({
  description: "After the last retry: fail, skip, pause, rollback, or a list of rules.",
  type: ["string", "array"],
  if: { type: "string" },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { enum: ["fail", "skip", "pause", "rollback"] },
  else: { items: ErrorRuleSchema, minItems: 1 },
  examples: ["fail", "skip", "pause", "rollback"],
});

export type OnError = "fail" | "skip" | "pause" | "rollback" | readonly Static<typeof ErrorRuleSchema>[];

const ForEachSchema = Type.Object(
  {
    items: ListOrExpression("The list, or an expression that gives one."),
    as: Type.Optional(
      Type.String({ pattern: NAME_PATTERN, description: "The name of an item in expressions. Default `item`." }),
    ),
    key: Type.Optional(Text({ description: "Names an item for people; unique within the stage." })),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: "Items at a time. Default 10." }),
    ),
    batchSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.items, description: "Bind the name to a list of so many items." }),
    ),
    tolerate: Type.Optional(
      Type.Object(
        {
          count: Type.Optional(Type.Integer({ minimum: 0, description: "So many items may fail." })),
          percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: "So many percent may fail." })),
        },
        closed("How many items may fail before the stage does. Default none.", { minProperties: 1, maxProperties: 1 }),
      ),
    ),
    completeWhen: Type.Optional(
      Condition(
        "True ends the stage and cancels what is left; `results`, `succeeded`, `failed` and `total` are in scope.",
      ),
    ),
  },
  closed("One instance of the stage for each item; its outputs are `{ results, succeeded, failed }`."),
);

const RepeatSchema = Type.Object(
  {
    until: Type.Optional(
      Condition("Ends the loop when true; `result` (the outputs), `repeat` and inner `stages` are in scope."),
    ),
    maxIterations: Type.Integer({
      minimum: 1,
      maximum: LIMITS.iterations,
      description: "With `until` still false after so many, the stage fails with repeat-exhausted.",
    }),
    delay: Type.Optional(Duration("Between iterations. Default none.")),
  },
  closed("Do the stage again and again; its outputs are those of the last iteration."),
);

const CompensateSchema = Type.Object(
  {
    uses: Type.String({ description: "The stage type that undoes it." }),
    with: Type.Optional(Type.Unsafe<JsonObject>({ type: "object", description: "Its input; `result` is in scope." })),
    retry: Type.Optional(RetrySchema),
    timeout: Type.Optional(Duration("Of one attempt.")),
  },
  closed("How to undo the stage on rollback, once it succeeded."),
);

/** One stage, whatever its type; `with` is checked against its type beside this. */
export const StageSchema = Type.Object(
  {
    title: Type.Optional(Type.String({ description: "For people and for the graph." })),
    description: Type.Optional(Type.String({ description: "What it is for." })),
    uses: Type.String({ minLength: 1, description: "The stage type." }),
    with: Type.Optional(Type.Unsafe<JsonObject>({ type: "object", description: "Its input." })),
    needs: Type.Optional(
      Type.Array(NeedSchema, {
        description: "Edges it waits for; all must hold. Without it the stage starts at once.",
      }),
    ),
    if: Type.Optional(Condition("Evaluated once its needs hold; false ends it skipped.")),
    forEach: Type.Optional(ForEachSchema),
    repeat: Type.Optional(RepeatSchema),
    retry: Type.Optional(RetrySchema),
    timeout: Type.Optional(Duration("Of one attempt.")),
    totalTimeout: Type.Optional(Duration("Of the stage with its retries and waits.")),
    onError: Type.Optional(OnErrorSchema),
    compensate: Type.Optional(CompensateSchema),
    outputs: Type.Optional(Templates("Reshapes the result; without it the result is the outputs.")),
    redact: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "Outputs that nobody is to see: paths such as `outputs.body.iban`. See `redact` of the workflow.",
        examples: [["outputs.body.iban"]],
      }),
    ),
    set: Type.Optional(Templates("Writes fields of `state`.")),
    idempotencyKey: Type.Optional(Text({ description: "What the other side knows this work by. Default: its place." })),
    delivery: Type.Optional(
      Words(["atLeastOnce", "atMostOnce"], "What happens to an attempt whose end is unknown. Default atLeastOnce.", [
        "It is repeated with the same idempotency key.",
        "It is never repeated: the run pauses for a person.",
      ]),
    ),
    stages: Type.Optional(
      Type.Unsafe<Record<string, Json>>({ $ref: "#/$defs/stages", description: "With `uses: group`: a nested graph." }),
    ),
    cache: Type.Optional(
      Type.Object(
        {
          key: Anything("What a result is kept under, for this stage in every run of the workflow."),
          ttl: Duration("How long it is kept."),
        },
        closed("Take the result of an earlier run instead of doing the work again. For effects."),
      ),
    ),
    concurrency: Type.Optional(StageConcurrencySchema),
    rateLimit: Type.Optional(RateLimitSchema),
    priority: Type.Optional(
      Type.Integer({
        minimum: -1_000,
        maximum: 1_000,
        description: "Which of the effects that could start goes first: the higher. Default 0.",
      }),
    ),
    budget: Type.Optional(BudgetSchema),
  },
  closed("A node of the graph."),
);

/** A stage as written, once the schema holds. */
export type StageSource = Static<typeof StageSchema>;
export type RetrySource = Static<typeof RetrySchema>;
