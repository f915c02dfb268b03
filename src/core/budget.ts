import type { Failure } from "./errors.js";
import type { StagePath } from "./event.js";
import { isObject } from "./json.js";
import type { Allowance, BudgetPlan } from "./plan.js";
import type { RunState, StageState } from "./state.js";

/** So much may be spent in one place, with what is reserved and not yet settled. */
export interface SpendingLimit extends Allowance {
  readonly scope: "stage" | "run" | "day" | "workflow";
  /** With scope `stage`: it and all that is below it. */
  readonly stage?: StagePath;
  readonly onExceed: BudgetPlan["onExceed"];
}

/** The code of a call that was not made because a budget has no room for it. */
export const BUDGET_EXCEEDED = "budget-exceeded";

/** Every limit that a call of this stage must keep within, the narrowest first. */
export function limitsOn(state: RunState, stage: StageState): readonly SpendingLimit[] {
  const limits: SpendingLimit[] = [];
  for (let at: StageState | null = stage; at !== null; at = at.parent ?? at.scope.owner) {
    // Items and iterations share the plan of their stage: its budget is of all of them together.
    const isWhole = at.parent?.plan !== at.plan;
    const called = at.plan.calls === undefined ? undefined : state.plan.called[at.plan.calls]?.budget;
    for (const budget of isWhole ? [at.plan.budget, called] : []) {
      if (budget !== undefined) limits.push({ ...raised(budget, state), scope: "stage", stage: at.path });
    }
  }
  const { budget } = state.plan.workflow;
  if (budget === undefined) return limits;
  const { onExceed, day, workflow } = budget;
  limits.push({ ...raised(budget, state), scope: "run" });
  if (day !== undefined) limits.push({ ...day, onExceed, scope: "day" });
  if (workflow !== undefined) limits.push({ ...workflow, onExceed, scope: "workflow" });
  return limits;
}

function raised({ usd, tokens, onExceed }: BudgetPlan, state: RunState): Omit<SpendingLimit, "scope"> {
  return {
    onExceed,
    ...(usd === undefined ? {} : { usd: usd + state.raised.usd }),
    ...(tokens === undefined ? {} : { tokens: tokens + state.raised.tokens }),
  };
}

/** Is it for a person to say how a stage goes on that failed so? */
export function asksForMoney({ code, details }: Failure): boolean {
  return code === BUDGET_EXCEEDED && isObject(details) && details["onExceed"] === "pause";
}
