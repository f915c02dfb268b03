import type { JsonObject, JsonSchema } from "../core/json.js";
import type { WorkflowPlan } from "../core/plan.js";
import type { StageType } from "../plugin/api.js";
import type { CheckContext } from "./checks/context.js";
import type { Findings, Path } from "./findings.js";
import { wordFaults } from "./schema-words.js";
import { hasTemplate } from "./templates.js";
import { holdsAsWritten, type SchemaFault, schemaProblem, validate } from "./validator.js";

/**
 * A value as written against a schema of what is meant: where an expression stands nothing is said here, for its
 * type is compared elsewhere.
 */
export function checkAgainst(schema: JsonSchema, value: JsonObject, path: Path, findings: Findings): void {
  if (holdsAsWritten(schema, value) || schemaProblem(schema) !== undefined) return;
  const faults = validate(schema, value).filter((fault) => !dependsOnExpression(fault));
  for (const { code, path: below, atKey, message, help } of wordFaults(faults)) {
    findings.error(code, { path: [...path, ...below], part: atKey ? "key" : "value" }, message, help);
  }
}

const ABOUT_THE_WHOLE = new Set(["oneOf", "anyOf", "not", "if", "uniqueItems", "contains", "enum", "const"]);

/** The fault is about text that an expression replaces before the value is used. */
function dependsOnExpression({ keyword, value }: SchemaFault): boolean {
  if (typeof value === "string") return hasTemplate(value);
  return ABOUT_THE_WHOLE.has(keyword) && contains(value);
}

function contains(value: unknown): boolean {
  if (typeof value === "string") return hasTemplate(value);
  return typeof value === "object" && value !== null && Object.values(value).some(contains);
}

const calls = new WeakMap<WorkflowPlan, JsonSchema>();

/** What `with` of a stage must be; for a call of a workflow its inputs are that workflow's. */
export function inputSchema({ called }: Pick<CheckContext, "called">, type: StageType, input: JsonObject): JsonSchema {
  if (type.kind !== "workflow" || typeof input["workflow"] !== "string") return type.input;
  const other = called(input["workflow"]);
  if (other?.state !== "ready") return type.input;
  const known = calls.get(other.workflow) ?? callSchema(type.input, other.workflow);
  calls.set(other.workflow, known);
  return known;
}

function callSchema(input: JsonSchema, { inputs, optional }: WorkflowPlan): JsonSchema {
  const required = Object.keys(inputs).filter(
    (name) => !optional.includes(name) && (inputs[name] as JsonSchema)["default"] === undefined,
  );
  const schema: JsonSchema = { type: "object", properties: inputs, required, additionalProperties: false };
  const outer = Array.isArray(input["required"]) ? (input["required"] as string[]) : [];
  return {
    ...input,
    properties: { ...(input["properties"] as JsonObject | undefined), inputs: schema },
    required: required.length > 0 ? [...new Set([...outer, "inputs"])] : outer,
  };
}
