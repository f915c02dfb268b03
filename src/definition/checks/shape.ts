import type { JsonObject } from "../../core/json.js";
import { EXPRESSION_PATTERN } from "../schema/common.js";
import { UNSUPPORTED_STAGE, UNSUPPORTED_TOP } from "../schema/later.js";
import { coreSchema } from "../schema/workflow.js";
import { wordFaults } from "../schema-words.js";
import { validate } from "../validator.js";
import type { CheckContext } from "./context.js";

let schema: JsonObject | undefined;

/** What the schema of the language says: unknown and missing keys, wrong types, values out of bounds. */
export function checkShape({ raw, findings }: CheckContext): void {
  schema ??= coreSchema();
  for (const { code, path, atKey, message, help } of wordFaults(validate(schema, raw))) {
    // Where an expression was begun, the check of expressions says better what is wrong with it.
    if (code === "needs-expression" && message.includes("${{")) continue;
    findings.error(code, { path, part: atKey ? "key" : "value" }, message, help);
  }
}

/** Words the engine does not act on yet: nobody shall believe they work. */
export function checkSupported({ raw, model, findings }: CheckContext): void {
  const warn = (path: readonly string[]) =>
    findings.warning(
      "not-yet-supported",
      { path, part: "key" },
      `\`${path.at(-1)}\` is checked but has no effect yet`,
      "remove it, or know that this version ignores it",
    );
  for (const key of UNSUPPORTED_TOP) if (Object.hasOwn(raw, key)) warn([key]);
  for (const stage of model.stages) {
    for (const key of UNSUPPORTED_STAGE) {
      if (Object.hasOwn(stage.raw, key)) warn([...(stage.path as string[]), key]);
    }
  }
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

const EXPRESSION = new RegExp(EXPRESSION_PATTERN);

/** A condition written as a constant decides nothing. */
export function checkConstantConditions({ model, findings }: CheckContext): void {
  for (const { raw, path } of model.stages) {
    const condition = raw["if"];
    if (typeof condition !== "boolean" && !(typeof condition === "string" && isConstant(condition))) continue;
    findings.warning(
      "constant-condition",
      { path: [...path, "if"] },
      `this condition is always ${String(condition).replace(/[${}\s]/g, "")}`,
      "remove it, or the stage",
    );
  }
}

function isConstant(text: string): boolean {
  return EXPRESSION.test(text) && /^\s*\$\{\{\s*(true|false)\s*\}\}\s*$/.test(text);
}
