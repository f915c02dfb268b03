import { type Context, evaluate } from "./evaluate.js";
import type { LimitClaim } from "./limit.js";
import { namesOf } from "./names.js";
import type { Template } from "./plan.js";
import type { RunState, StageState } from "./state.js";

const NONE: readonly LimitClaim[] = [];

/** What an attempt of this stage takes before it starts: nothing, for most. @throws Unevaluable */
export function claimsOf(state: RunState, stage: StageState, context: Context): readonly LimitClaim[] {
  const { concurrency, rateLimit } = stage.plan;
  if (concurrency === undefined && rateLimit === undefined) return NONE;
  const claims: LimitClaim[] = [];
  const nameOf = (group: Template, key: string) => {
    const name = evaluate(group, namesOf(state, stage), context, `${stage.path}.${key}.group`);
    return typeof name === "string" ? name : JSON.stringify(name);
  };
  if (concurrency !== undefined) {
    claims.push({ kind: "place", group: nameOf(concurrency.group, "concurrency"), limit: concurrency.limit });
  }
  if (rateLimit !== undefined) {
    const { group, limit, per } = rateLimit;
    claims.push({ kind: "token", group: nameOf(group, "rateLimit"), limit, per, cost: 1 });
  }
  return claims;
}

/** Does a stage take part in a limit that all runs share? */
export function isLimited({ plan, role }: StageState): boolean {
  return role === "body" && (plan.concurrency !== undefined || plan.rateLimit !== undefined);
}

/** May it hold its place while nobody drives the run, for as long as it is not over? */
export function mayOutlastDriver({ plan }: StageState): boolean {
  return plan.kind !== "effect";
}

/** Does it hold one now, as far as the journal knows? */
export function holdsPlace(stage: StageState): boolean {
  return isLimited(stage) && (stage.status === "open" || stage.status === "waiting" || stage.status === "queued");
}
