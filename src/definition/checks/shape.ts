import type { JsonObject } from "../../core/json.js";
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
    if (Object.hasOwn(stage.raw, "cache") && stage.type?.kind !== "effect")
      warn([...(stage.path as string[]), "cache"]);
    for (const key of UNSUPPORTED_STAGE) {
      if (Object.hasOwn(stage.raw, key)) warn([...(stage.path as string[]), key]);
    }
  }
}
