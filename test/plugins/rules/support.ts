import rules from "../../../plugins/rules/index.js";
import type { Json, JsonObject } from "../../../src/core/json.js";
import type { PureStageType, StageIssue, StageResult } from "../../../src/plugin/api.js";
import { pureContext, stageInfo } from "../../support/context.js";

export const stage = rules.stages?.[0] as PureStageType;

/** A table of one input column `x` from `facts.x`, and one output `out` from each row: `[cell, out]`. */
export function table(rows: readonly (readonly [Json, Json])[], over: JsonObject = {}): JsonObject {
  return {
    inputs: { x: "${{ facts.x }}" },
    outputs: { out: {} },
    rules: rows.map(([x, out]) => ({ x, out })),
    ...over,
  };
}

export async function ask(ruleset: JsonObject, facts: Json): Promise<StageResult> {
  return stage.run({ ruleset: "table", facts }, pureContext({ rulesets: { table: ruleset } }));
}

/** The outputs alone. */
export async function decide(ruleset: JsonObject, facts: Json): Promise<JsonObject> {
  return (await ask(ruleset, facts)).outputs;
}

export function check(ruleset: JsonObject): readonly StageIssue[] {
  return stage.check?.(stageInfo({ ruleset: "table", facts: "${{ inputs }}" }, { rulesets: { table: ruleset } })) ?? [];
}

/** `code path: message`, for reading in a test. */
export function found(ruleset: JsonObject): string[] {
  return check(ruleset).map(({ code, path, message }) => `${code} ${path.slice(2).join(".")}: ${message}`);
}
