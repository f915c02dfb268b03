import type { JsonObject } from "../../src/core/json.js";
import type { PureContext, StageInfo } from "../../src/plugin/api.js";

/** The hour every test happens at. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** What a pure stage or a wait gets; `effectContext` is its larger sibling. */
export function pureContext(over: Partial<PureContext> = {}): PureContext {
  return {
    now: NOON,
    runStartedAt: NOON,
    run: { id: "run_1", workflow: "sample", version: "1.0.0", stage: "work" },
    agents: {},
    rulesets: {},
    ...over,
  };
}

/** What a stage type's check and its schemas are asked with. */
export function stageInfo(input: JsonObject, over: Partial<StageInfo> = {}): StageInfo {
  return { with: input, agents: {}, rulesets: {}, ...over };
}
