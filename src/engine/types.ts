import { type Failure, StageError } from "../core/errors.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import type { StagePlan, WorkflowPlan } from "../core/plan.js";
import type { StageResult, StageType } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";

/**
 * The stage type behind `uses`.
 * @throws StageError `unknown-stage-type`: the plugin that brought it is gone; `shell-not-allowed`: the operator has
 * closed it since the definition was checked
 */
export function typeOf(registry: Registry, uses: string): StageType {
  const type = registry.stages.get(uses);
  if (type === undefined) throw new StageError("unknown-stage-type", `no plugin brings the stage type ${uses}`);
  if (registry.allows(type)) return type;
  throw new StageError(`${type.permission}-not-allowed`, `this project does not allow stages of the type ${uses}`);
}

const outputSchemas = new WeakMap<StagePlan, JsonSchema>();

function outputSchema(type: StageType, plan: StagePlan, workflow: WorkflowPlan): JsonSchema {
  if (typeof type.output !== "function") return type.output;
  let schema = outputSchemas.get(plan);
  if (schema === undefined) {
    const given = isObject(plan.with) ? plan.with : {};
    schema = type.output({ with: given, agents: workflow.agents, rulesets: workflow.rulesets });
    outputSchemas.set(plan, schema);
  }
  return schema;
}

type Validate = (schema: JsonSchema, value: Json) => string | undefined;

/** @throws StageError `invalid-input` */
export function checkInput(type: StageType, input: JsonObject, validate: Validate): void {
  const fault = validate(type.input, input);
  if (fault !== undefined) throw new StageError("invalid-input", `with: ${fault}`);
}

/** What a plugin returned, held to what it promised. @throws StageError `invalid-output` */
export function checkOutput(
  type: StageType,
  plan: StagePlan,
  workflow: WorkflowPlan,
  result: StageResult,
  validate: Validate,
): StageResult {
  if (typeof result !== "object" || result === null || !isObject(result.outputs)) {
    throw new StageError("invalid-output", `${type.name} returned no outputs object`);
  }
  const fault = validate(outputSchema(type, plan, workflow), result.outputs);
  if (fault !== undefined) throw new StageError("invalid-output", `${type.name} broke its output schema: ${fault}`);
  return result;
}

/** What a plugin threw, as the journal keeps it. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof StageError || isStageError(thrown)) {
    const { code, message, details, retryable, retryAfter } = thrown;
    return {
      code,
      message,
      retryable,
      ...(details === undefined ? {} : { details }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "plugin-error", message, retryable: true };
}

/** A StageError of another copy of this package is one all the same. */
function isStageError(thrown: unknown): thrown is StageError {
  return thrown instanceof Error && thrown.name === "StageError" && typeof (thrown as StageError).code === "string";
}
