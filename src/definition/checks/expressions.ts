import { type Type, unionOf } from "../../core/expression/index.js";
import { isObject, type Json } from "../../core/json.js";
import type { StageTemplate } from "../../plugin/api.js";
import { entriesOf, type GraphNode, type StageNode } from "../model.js";
import { outputsOfStage, resultOfStage } from "../types/result.js";
import { type StageTypes, Typing } from "../types/typing.js";
import { inputSchema } from "../written.js";
import type { CheckContext } from "./context.js";
import { checkUntrusted } from "./untrusted.js";

const SCALAR = { type: ["string", "number", "boolean"] };
const LIST = { type: "array" };

/**
 * Every expression of the definition, in the order in which stages can run, so that what a stage gives out is typed
 * before it is read. Gives the type of the run's outputs.
 */
export function checkExpressions(context: CheckContext): Type {
  const typing = new Typing(context);
  checkGraph(context, typing, context.model.main);
  if (context.model.finally !== undefined) checkGraph(context, typing, context.model.finally);
  const { raw } = context;
  const start = typing.atStart();
  start.check(raw["idempotencyKey"], ["idempotencyKey"], SCALAR);
  if (isObject(raw["concurrency"])) start.check(raw["concurrency"]["group"], ["concurrency", "group"], SCALAR);
  if (Array.isArray(raw["policies"])) {
    for (const [index, policy] of raw["policies"].entries()) start.condition(policy?.when, ["policies", index, "when"]);
  }
  return typing.atEnd(context.model.main).check(raw["outputs"], ["outputs"]);
}

function checkGraph(context: CheckContext, typing: Typing, graph: GraphNode): void {
  for (const stage of context.order.sorted(graph)) checkStage(context, typing, stage);
}

function checkStage(context: CheckContext, typing: Typing, stage: StageNode): void {
  const at = (...steps: (string | number)[]) => [...stage.path, ...steps];
  const { raw } = stage;
  const here = typing.atStage(stage);
  if (raw["if"] !== undefined) here.outside.condition(raw["if"], at("if"));
  checkForEach(typing, stage, here);
  const { input } = here;
  const schema = stage.type === undefined ? undefined : inputSchema(context, stage.type, stage.info.with);
  const given = input.check(raw["with"], at("with"), schema);
  checkUntrusted(stage.type, stage.info.with, at("with"), input, context.findings);
  checkTemplates(stage, given, typing);
  if (raw["idempotencyKey"] !== undefined) here.own.check(raw["idempotencyKey"], at("idempotencyKey"), SCALAR);
  if (raw["cache"] !== undefined) here.own.check(raw["cache"], at("cache"));
  for (const key of ["concurrency", "rateLimit"]) {
    const limit = raw[key];
    if (isObject(limit)) here.own.check(limit["group"], at(key, "group"), SCALAR);
  }
  const fallbacks = checkFailure(stage, here);
  if (stage.inner !== undefined) checkGraph(context, typing, stage.inner);

  const result = resultOfStage(context, stage, given);
  const item = raw["outputs"] === undefined ? result : here.after(result).check(raw["outputs"], at("outputs"));
  checkAfter(context, stage, here, stage.inner === undefined ? result : item);
  checkLoops(stage, here, item);
  typing.give(stage, outputsOfStage(stage, unionOf([item, ...fallbacks])));
}

/** Texts elsewhere in the definition that the stage fills in. */
function checkTemplates(stage: StageNode, given: Type, typing: Typing): void {
  for (const { path, text, names } of templatesOf(stage)) {
    typing.inTemplate(stage, given, names).check(text, path);
  }
}

function templatesOf({ type, info }: StageNode): readonly StageTemplate[] {
  try {
    return type?.templates?.(info) ?? [];
  } catch {
    // A type that stumbles over a half-written `with` has said so in its own check.
    return [];
  }
}

function checkForEach(typing: Typing, stage: StageNode, here: StageTypes): void {
  const written = stage.raw["forEach"];
  if (written === undefined) return;
  const path = [...stage.path, "forEach"];
  // That it must be a mapping is said by the schema: `item` is still what the list holds.
  const forEach = isObject(written) ? written : { items: written };
  const items = here.outside.check(forEach["items"], [...path, "items"], LIST);
  typing.bindItem(stage, items, forEach["batchSize"] !== undefined);
  here.own.check(forEach["key"], [...path, "key"], SCALAR);
}

/** `retry` and `onError`; gives the types of outputs that stand in for a failure. */
function checkFailure(stage: StageNode, here: StageTypes): Type[] {
  const { retry, onError } = stage.raw;
  if (isObject(retry)) here.failure.condition(retry["if"], [...stage.path, "retry", "if"]);
  if (!Array.isArray(onError)) return [];
  return onError.flatMap((rule: Json, index) => {
    if (!isObject(rule)) return [];
    const path = [...stage.path, "onError", index];
    here.failure.condition(rule["if"], [...path, "if"]);
    const type = here.failure.check(rule["outputs"], [...path, "outputs"]);
    return rule["do"] === "skip" && rule["outputs"] !== undefined ? [type] : [];
  });
}

/** What is evaluated once the work is done. */
function checkAfter(context: CheckContext, stage: StageNode, here: StageTypes, result: Type): void {
  const { path, raw } = stage;
  for (const [field, value] of entriesOf(raw["set"])) {
    here.after(result).check(value, [...path, "set", field], stateSchema(context, field));
  }
  const { compensate } = raw;
  if (!isObject(compensate)) return;
  const type = context.registry.stages.get(String(compensate["uses"]));
  const undo = here.undo(result);
  const given = compensate["with"];
  undo.check(given, [...path, "compensate", "with"], type?.input);
  if (isObject(given)) checkUntrusted(type, given, [...path, "compensate", "with"], undo, context.findings);
  if (!isObject(compensate["retry"])) return;
  here.failure.condition(compensate["retry"]["if"], [...path, "compensate", "retry", "if"]);
}

/** When a loop is over, from what an item or iteration gave out. */
function checkLoops({ path, raw: { forEach, repeat } }: StageNode, here: StageTypes, item: Type): void {
  if (isObject(repeat)) here.after(item).condition(repeat["until"], [...path, "repeat", "until"]);
  if (isObject(forEach)) here.results(item).condition(forEach["completeWhen"], [...path, "forEach", "completeWhen"]);
}

/** What may be set: with `merge: append` an item or a list of them, else a value of the field. */
function stateSchema({ raw }: CheckContext, field: string) {
  const state = raw["state"];
  const schema = isObject(state) && Object.hasOwn(state, field) ? state[field] : undefined;
  return isObject(schema) && schema["merge"] !== "append" && schema["merge"] !== "union" ? schema : undefined;
}
