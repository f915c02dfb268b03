import { BUDGET_EXCEEDED, limitsOn, type SpendingLimit } from "../core/budget.js";
import { StageError } from "../core/errors.js";
import type { Usage } from "../core/event.js";
import type { RunState, StageState } from "../core/state.js";
import type { Exceeded, Host } from "./ports.js";

/**
 * Makes a call that may cost up to `estimate`, if every budget has room for it. It is settled before its result is
 * recorded: what is in the journal is never owed any more.
 * @throws StageError `budget-exceeded`, `budget-price-unknown`, and what the call throws
 */
export async function spend<T extends { readonly usage?: Usage }>(
  host: Host,
  state: RunState,
  { stage, attempt, isUndo }: { readonly stage: StageState; readonly attempt: number; readonly isUndo: boolean },
  step: string,
  estimate: Usage,
  call: () => Promise<T>,
): Promise<T> {
  const limits = limitsOn(state, stage);
  const priced = limits.find(({ usd }) => usd !== undefined);
  if (priced !== undefined && estimate.usd === null) throw unpriced(priced, estimate);
  const id = [state.id, stage.path, isUndo ? "undo" : "do", attempt, step].join(" ");
  const at = host.clock.now();
  const { id: workflow } = state.plan.workflow;
  const entry = { id, run: state.id, workflow, stage: stage.path, attempt, step, at, estimate };
  const refused = await host.store.reserve(entry, limits);
  if (refused !== undefined) throw overspent(refused, estimate);
  try {
    const done = await call();
    await host.store.settle(id, done.usage ?? estimate);
    return done;
  } catch (error) {
    if (error instanceof StageError && error.isFree) await host.store.giveBack(id);
    throw error;
  }
}

function unpriced(limit: SpendingLimit, { provider, model }: Usage): StageError {
  const message = `${whose(limit)} is in dollars, and nobody knows the price of ${model} at ${provider}: list it in the project's price table (\`prices\` in stagecraft.config.yaml) or give the agent a \`price\``;
  return new StageError("budget-price-unknown", message, { details: { provider, model } });
}

function overspent({ limit, usd, tokens }: Exceeded, estimate: Usage): StageError {
  const parts = [
    limit.usd !== undefined &&
      `${money(usd)} of ${money(limit.usd)} spent or reserved, a call may cost ${money(estimate.usd ?? 0)}`,
    limit.tokens !== undefined &&
      `${tokens} of ${limit.tokens} tokens used or reserved, a call may take ${tokensOf(estimate)}`,
  ];
  const { scope, onExceed, stage } = limit;
  const needed = {
    ...(limit.usd === undefined ? {} : { usd: Math.max(0, usd + (estimate.usd ?? 0) - limit.usd) }),
    ...(limit.tokens === undefined ? {} : { tokens: Math.max(0, tokens + tokensOf(estimate) - limit.tokens) }),
  };
  const message = `${whose(limit)} has no room: ${parts.filter(Boolean).join("; ")}`;
  const hint = "the agent's limits.maxOutputTokens says how much is reserved for an answer";
  return new StageError(BUDGET_EXCEEDED, `${message} (${hint})`, {
    details: { scope, onExceed, usd, tokens, needed, ...(stage === undefined ? {} : { stage }) },
  });
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}

function whose({ scope, stage }: SpendingLimit): string {
  if (scope === "stage") return `the budget of ${stage}`;
  return { run: "the run's budget", day: "the workflow's budget of this day", workflow: "the workflow's budget" }[
    scope
  ];
}

function money(usd: number): string {
  return `${Number(usd.toFixed(6))} USD`;
}
