import { claimsOf } from "./claims.js";
import type { CacheUse, Command } from "./command.js";
import type { Failure } from "./errors.js";
import { type Context, evaluate, holds, plainCopy, Unevaluable } from "./evaluate.js";
import type { Event } from "./event.js";
import { canonicalText, isObject, type Json, type JsonObject } from "./json.js";
import { namesOf } from "./names.js";
import { payloadBytes } from "./payload.js";
import { type ForEachPlan, LIMITS, type WorkflowPlan } from "./plan.js";
import { policyFault } from "./policy.js";
import { priorityOf } from "./scope.js";
import { failed, succeeded } from "./settle.js";
import type { RunState, StageState } from "./state.js";

/** What starting a ready stage comes to. Never nothing: the stage has left the queue. */
export function start(state: RunState, stage: StageState, context: Context): Command {
  const { frame } = stage.scope;
  if (frame.workflow.failFast && frame.root?.failure && frame.finally === null) {
    return record([{ type: "stageEnded", at: context.now, stage: stage.path, outcome: "cancelled" }]);
  }
  try {
    return begin(state, stage, context);
  } catch (error) {
    if (error instanceof Unevaluable) return record(failed(state, stage, error.failure, context));
    throw error;
  }
}

/** @throws Unevaluable */
function begin(state: RunState, stage: StageState, context: Context): Command {
  const { now: at } = context;
  const { path, plan } = stage;
  const isAsked = stage.queuedAt !== null || context.admitted?.has(path);
  const isFirst = stage.parent === null && stage.startedAt === null && !isAsked;
  if (isFirst && plan.if !== undefined && !holds(plan.if, namesOf(state, stage), context, `${path}.if`)) {
    return record([{ type: "stageEnded", at, stage: path, outcome: "skipped" }]);
  }
  const breach = stage.parent === null ? policyFault(state, stage, context) : undefined;
  if (breach !== undefined) return record(failed(state, stage, breach, context, true));
  if (stage.role === "each") return record([opened(stage, at, { items: itemsOf(state, stage, context) })]);
  if (stage.role === "loop") return record([opened(stage, at)]);
  return startBody(state, stage, context);
}

function startBody(state: RunState, stage: StageState, context: Context): Command {
  const { plan } = stage;
  const claims = context.admitted?.has(stage.path) ? [] : claimsOf(state, stage, context);
  if (claims.length > 0) return { kind: "admit", stage, claims, priority: priorityOf(stage) };
  if (plan.kind === "group") return record([opened(stage, context.now)]);
  const input = inputOf(state, stage, context);
  switch (plan.kind) {
    case "workflow":
      return record([opened(stage, context.now, { inputs: calledInputs(state, stage, input, context) })]);
    case "end":
      return record(succeeded(state, stage, { outputs: input }, context));
    case "effect": {
      const attempt = stage.attempts + 1;
      return {
        kind: "perform",
        stage,
        uses: plan.uses,
        attempt,
        input: plan.calls === undefined ? input : { ...input, inputs: calledInputs(state, stage, input, context) },
        idempotencyKey: keyOf(state, stage, context),
        cache: cacheOf(state, stage, context),
        started: { type: "stageStarted", at: context.now, stage: stage.path, attempt },
        isUndo: false,
      };
    }
    default:
      return { kind: "evaluate", stage, input };
  }
}

/** `with`, evaluated. Secrets exist only here. */
export function inputOf(state: RunState, stage: StageState, context: Context): JsonObject {
  const template = stage.plan.with;
  const input =
    plainCopy(template) ??
    evaluate(template ?? {}, namesOf(state, stage, { secrets: context.secrets }), context, `${stage.path}.with`);
  return isObject(input) ? input : { value: input };
}

/** What makes the other side see repeated attempts as one. */
function keyOf(state: RunState, stage: StageState, context: Context): string {
  const { idempotencyKey } = stage.plan;
  if (idempotencyKey === undefined) return `${state.id}/${stage.path}`;
  const key = evaluate(idempotencyKey, namesOf(state, stage), context, `${stage.path}.idempotencyKey`);
  return typeof key === "string" ? key : JSON.stringify(key);
}

/** Runs share what a stage of one workflow came to; which item, iteration or call it was does not matter. */
function cacheOf(state: RunState, stage: StageState, context: Context): CacheUse | undefined {
  const { cache, uses } = stage.plan;
  if (cache === undefined) return undefined;
  const key = evaluate(cache.key, namesOf(state, stage), context, `${stage.path}.cache.key`);
  const { workflow, root } = stage.scope.frame;
  const place = stage.path.slice(root?.prefix.length ?? 0).replace(/\[\d+\]|[#~]\d+/g, "");
  return { name: canonicalText([workflow.id, place, uses, key]), ttl: cache.ttl };
}

function itemsOf(state: RunState, stage: StageState, context: Context): readonly Json[] {
  const { items, batchSize } = stage.plan.forEach as ForEachPlan;
  const where = `${stage.path}.forEach.items`;
  const list = evaluate(items, namesOf(state, stage), context, where);
  if (!Array.isArray(list)) throw unusable("items-not-list", `${where} must be a list`);
  if (list.length > LIMITS.items)
    throw unusable("too-many-items", `${where} has ${list.length} items, over ${LIMITS.items}`);
  if (payloadBytes(list) > LIMITS.payloadBytes)
    throw unusable("payload-too-large", `${where} is larger than ${LIMITS.payloadBytes} bytes`);
  if (batchSize === undefined) return list;
  const batches: Json[] = [];
  for (let from = 0; from < list.length; from += batchSize) batches.push(list.slice(from, from + batchSize));
  return batches;
}

/** Defaults filled in, every value checked against the sub-workflow's own schemas. */
function calledInputs(state: RunState, stage: StageState, input: JsonObject, context: Context): JsonObject {
  const workflow = state.plan.called[stage.plan.calls ?? ""];
  const given = isObject(input["inputs"]) ? input["inputs"] : {};
  return workflow === undefined ? {} : filledInputs(workflow, given, context.validate, stage.path);
}

/** What a workflow begins with when `who` gives it these. @throws Unevaluable `invalid-input` */
export function filledInputs(
  workflow: WorkflowPlan,
  given: JsonObject,
  validate: Context["validate"],
  who: string,
): JsonObject {
  const values: Record<string, Json> = Object.create(null);
  for (const [name, schema] of Object.entries(workflow.inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : schema["default"];
    if (value === undefined) {
      if (workflow.optional.includes(name)) continue;
      throw unusable("invalid-input", `${who} gives ${workflow.id} no ${name}`);
    }
    const fault = validate(schema, value);
    if (fault !== undefined) throw unusable("invalid-input", `${who} gives ${workflow.id} a wrong ${name}: ${fault}`);
    values[name] = value;
  }
  return { ...values };
}

function unusable(code: string, message: string): Unevaluable {
  const failure: Failure = { code, message, retryable: false };
  return new Unevaluable(failure);
}

function opened(stage: StageState, at: number, more: { items?: readonly Json[]; inputs?: JsonObject } = {}): Event {
  return { type: "scopeOpened", at, stage: stage.path, attempt: stage.attempts + 1, ...more };
}

function record(events: readonly Event[]): Command {
  return { kind: "record", events };
}
