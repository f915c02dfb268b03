import { isObject, type Json, type JsonObject } from "../../core/json.js";
import type { Path } from "../findings.js";
import { isStageId, type Model } from "../model.js";
import { coreSchema } from "../schema/workflow.js";
import { wordFaults } from "../schema-words.js";
import { validate } from "../validator.js";
import type { CheckContext } from "./context.js";

let schema: JsonObject | undefined;

/** What the schema of the language says: unknown and missing keys, wrong types, values out of bounds. */
export function checkShape({ raw, model, findings }: CheckContext): void {
  schema ??= coreSchema();
  for (const { code, path, atKey, message, help } of wordFaults(validate(schema, raw))) {
    // A stage with a bad name is told of where it has it, not wherever it is named.
    if ((code === "bad-need" || code === "bad-name") && !atKey && namesMisnamed(model, valueAt(raw, path))) continue;
    // Where an expression was begun, the check of expressions says better what is wrong with it.
    if (code === "needs-expression" && message.includes("${{")) continue;
    findings.error(code, { path, part: atKey ? "key" : "value" }, message, help);
  }
}

function namesMisnamed({ stages }: Model, text: Json | undefined): boolean {
  if (typeof text !== "string") return false;
  return stages.some(({ id }) => !isStageId(id) && (text === id || text.startsWith(`${id}.`)));
}

function valueAt(raw: JsonObject, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, raw);
}

/** Words that only act where something takes time, or touches the world. */
export function checkIdleWords({ model, findings }: CheckContext): void {
  for (const { raw, path, type } of model.stages) {
    if (type === undefined) continue;
    const idle = type.kind === "effect" ? [] : ["cache"];
    if (type.kind === "pure" || type.kind === "end") idle.push("concurrency", "rateLimit");
    for (const key of idle) {
      if (!Object.hasOwn(raw, key)) continue;
      const why = key === "cache" ? "acts on effects" : "acts on what takes time";
      findings.warning(
        "idle-word",
        { path: [...path, key], part: "key" },
        `\`${key}\` ${why}, and \`${type.name}\` is none`,
        "remove it",
      );
    }
  }
}
