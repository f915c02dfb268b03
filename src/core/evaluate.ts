import type { Failure } from "./errors.js";
import type { StagePath } from "./event.js";
import { OPEN } from "./expression/embedded.js";
import { ExpressionError } from "./expression/index.js";
import { type CompiledTemplate, compileTemplate } from "./expression/template.js";
import type { Names } from "./expression/value.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "./json.js";
import type { Template } from "./plan.js";

/** What the pure core is told instead of asking: the time, and how to check a value against a schema. */
export interface Context {
  /** Milliseconds since the epoch; becomes the `at` of the events decided now. */
  readonly now: number;
  /** What is wrong with the value, in words, or undefined. */
  readonly validate: (schema: JsonSchema, value: Json) => string | undefined;
  /** Values of the workflow's `secrets`; only `with` may name them. */
  readonly secrets: JsonObject;
  /** Stages that have what they need of limits that all runs share. */
  readonly admitted?: ReadonlySet<StagePath>;
}

/** Thrown within the core where an expression cannot be evaluated; becomes the failure of its stage, never false. */
export class Unevaluable extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

const texts = new Map<string, CompiledTemplate>();
const objects = new WeakMap<object, CompiledTemplate>();

/** The value of a template of the plan. @throws Unevaluable */
export function evaluate(template: Template, names: Names, context: Context, where: string): Json {
  if (typeof template !== "string" && (typeof template !== "object" || template === null)) return template;
  try {
    return compiled(template).evaluate(names, { now: context.now });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const message = `${where}: ${error.message}`;
    throw new Unevaluable({ code: "expression-error", message, retryable: false, details: { reason: error.code } });
  }
}

/** How many fields are worth a look each time: what is larger is compiled once. */
const FEW = 8;

/** A copy of a small, flat template without an expression, as most inputs are; undefined: `evaluate` says what it comes to. */
export function plainCopy(template: Template | undefined): JsonObject | undefined {
  if (!isObject(template)) return undefined;
  const keys = Object.keys(template);
  if (keys.length > FEW) return undefined;
  const copy: Record<string, Json> = {};
  for (const key of keys) {
    const value = template[key] as Json;
    if ((typeof value === "object" && value !== null) || key === "__proto__") return undefined;
    if (typeof value === "string" && value.includes(OPEN)) return undefined;
    copy[key] = value;
  }
  return copy;
}

/** Each of several templates, by name. @throws Unevaluable */
export function evaluateAll(
  templates: Readonly<Record<string, Template>>,
  names: Names,
  context: Context,
  where: string,
): JsonObject {
  const values: [string, Json][] = [];
  for (const [name, template] of Object.entries(templates)) {
    values.push([name, evaluate(template, names, context, `${where}.${name}`)]);
  }
  return Object.fromEntries(values);
}

/** A condition. @throws Unevaluable also when it is not a boolean */
export function holds(template: Template, names: Names, context: Context, where: string): boolean {
  const value = evaluate(template, names, context, where);
  if (typeof value === "boolean") return value;
  const message = `${where} must be true or false, not ${value === null ? "null" : typeof value}`;
  throw new Unevaluable({ code: "expression-error", message, retryable: false });
}

/** Runs `attempt`; an expression that cannot be evaluated goes to `otherwise` as a failure. */
export function orFailure<T>(attempt: () => T, otherwise: (failure: Failure) => T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Unevaluable) return otherwise(error.failure);
    throw error;
  }
}

function compiled(template: string | object): CompiledTemplate {
  if (typeof template === "string") {
    let text = texts.get(template);
    if (text === undefined) {
      text = compileTemplate(template);
      texts.set(template, text);
    }
    return text;
  }
  let object = objects.get(template);
  if (object === undefined) {
    object = compileTemplate(template as Json);
    objects.set(template, object);
  }
  return object;
}
