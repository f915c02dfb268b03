import { errorJson } from "./errors.js";
import type { Json, JsonObject } from "./json.js";
import type { StageState } from "./state.js";

/** What an instance ends with when it did its work. */
export function outcomesOf({ plan, role }: Pick<StageState, "plan" | "role">): readonly string[] {
  return role === "each" ? plan.outcomes : (plan.itemOutcomes ?? plan.outcomes);
}

/** Is the stage a gate that was not passed? Nobody's silence and no other answer means yes. */
export function isRefused(stage: StageState): boolean {
  const outcomes = outcomesOf(stage);
  const isGate = stage.plan.kind === "wait" && outcomes.includes("approved");
  return isGate && stage.outcome !== null && stage.outcome !== "approved" && outcomes.includes(stage.outcome);
}

/** An `each` or a `loop` needs no outputs in the journal: they are those of what it is made of. */
export function outputsOfChildren(stage: StageState, outcome: string): Json | undefined {
  if (stage.items !== null) {
    const { values, states, succeeded, failed } = stage.items;
    const results = values.map((_, position) => resultOf(states[position]));
    return { results, succeeded, failed };
  }
  return outcome === "succeeded" ? stage.iteration?.outputs : undefined;
}

/** How one item ended, as `results` of its stage shows it. */
export function resultOf(item: StageState | undefined): JsonObject {
  if (item === undefined || item.outcome === null) return { outcome: "cancelled" };
  return {
    outcome: item.outcome,
    ...(item.outputs === undefined ? {} : { outputs: item.outputs }),
    ...(item.error === null ? {} : { error: errorJson(item.error) }),
  };
}

/** Have more items failed than the stage tolerates? */
export function tooManyFailed(each: StageState): boolean {
  const { count, percent } = each.plan.forEach?.tolerate ?? {};
  const { failed = 0, values = [] } = each.items ?? {};
  if (count === undefined && percent === undefined) return failed > 0;
  return failed > (count ?? 0) && failed * 100 > (percent ?? 0) * values.length;
}
