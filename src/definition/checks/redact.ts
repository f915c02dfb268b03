import { DYNAMIC, objectOf, type Type, typeOfSchema } from "../../core/expression/index.js";
import { isObject, type Json } from "../../core/json.js";
import type { RedactPath } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import type { Path } from "../findings.js";
import { entriesOf, type StageNode } from "../model.js";
import { redactPath } from "../redact.js";
import { resultOfStage } from "../types/result.js";
import type { CheckContext } from "./context.js";

/** Paths of `redact` that lead nowhere: a slip of the pen would show what was meant to be hidden. */
export function checkRedact(context: CheckContext): void {
  const { raw, model } = context;
  const inputs = entriesOf(raw["inputs"]).map(([name, schema]) => [name, typeOfSchema(isObject(schema) ? schema : {})]);
  checkPaths(context, raw["redact"], ["redact"], "inputs", () => objectOf(Object.fromEntries(inputs)));
  for (const stage of model.stages) {
    const place = [...stage.path, "redact"];
    checkPaths(context, stage.raw["redact"], place, "outputs", () => outputsOf(context, stage));
  }
}

function checkPaths(
  { findings }: CheckContext,
  written: Json | undefined,
  place: Path,
  root: "inputs" | "outputs",
  typeOf: () => Type,
): void {
  if (!Array.isArray(written)) return;
  for (const [index, text] of written.entries()) {
    if (typeof text !== "string") continue;
    const at = { path: [...place, index] };
    const path = redactPath(text, root);
    if (path === undefined) {
      findings.error("redact-path", at, `\`${text}\` is no path below \`${root}\``, `as in ${root}.people[*].name`);
      continue;
    }
    const lost = missing(typeOf(), path);
    if (lost === undefined) continue;
    const near = nearest(lost.name, lost.known);
    const help = near === undefined ? `there are: ${lost.known.join(", ") || "no fields"}` : `did you mean ${near}?`;
    findings.error("redact-path", at, `\`${text}\` leads nowhere: there is no ${lost.name}`, help);
  }
}

function outputsOf(context: CheckContext, stage: StageNode): Type {
  const reshaped = stage.raw["outputs"];
  if (!isObject(reshaped)) return resultOfStage(context, stage, DYNAMIC);
  return objectOf(Object.fromEntries(Object.keys(reshaped).map((name) => [name, DYNAMIC])));
}

/** The first step that cannot be taken, with those that could. Of what is not known nothing is said. */
function missing(type: Type, [first, ...rest]: RedactPath): { name: string; known: string[] } | undefined {
  if (first === undefined) return undefined;
  switch (type.kind) {
    case "dynamic":
      return undefined;
    case "optional":
      return missing(type.of, [first, ...rest]);
    case "union": {
      const answers = type.options.map((option) => missing(option, [first, ...rest]));
      return answers.includes(undefined) ? undefined : answers[0];
    }
    case "list":
      return first === "*" ? missing(type.item, rest) : { name: first, known: ["[*]"] };
    case "object": {
      const field = type.fields.get(first);
      if (field !== undefined) return missing(field.type, rest);
      return type.rest === undefined ? { name: first, known: [...type.fields.keys()] } : undefined;
    }
    default:
      return { name: first, known: [] };
  }
}
