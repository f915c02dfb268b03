import { asksForMoney } from "./budget.js";
import { errorJson, type Failure, StagecraftError } from "./errors.js";
import { type Context, evaluateAll, holds, orFailure } from "./evaluate.js";
import type { Event, Usage } from "./event.js";
import { outcomesOf } from "./items.js";
import type { Json, JsonObject } from "./json.js";
import { merged } from "./merge.js";
import { namesIn, namesOf } from "./names.js";
import { checkPayload, isSmallPayload } from "./payload.js";
import { type ErrorRule, LIMITS } from "./plan.js";
import { nextTry } from "./retry.js";
import type { RunState, ScopeState, StageState } from "./state.js";

/** What a stage type says a stage came to. */
export interface Done {
  readonly outputs: JsonObject;
  readonly outcome?: string | undefined;
  readonly explain?: Json | undefined;
  readonly usage?: Usage | undefined;
}

type StageEnded = Extract<Event, { type: "stageEnded" }>;

/** The facts that follow from a stage having done its work: its end, or its failure where `outputs` or `set` fail. */
export function succeeded(state: RunState, stage: StageState, done: Done, context: Context): Event[] {
  const outcome = done.outcome ?? "succeeded";
  if (!outcomesOf(stage).includes(outcome)) {
    const message = `${stage.plan.uses} ended with ${outcome}, which is none of its outcomes`;
    return failed(state, stage, { code: "invalid-outcome", message, retryable: false }, context);
  }
  const { outputs: shape, set, compensate } = stage.plan;
  if (shape === undefined && set === undefined) return ended(state, stage, done, outcome, context);
  return orFailure(
    () => {
      const extra = { result: done.outputs };
      const isGroup = stage.inner !== null && stage.plan.calls === undefined;
      const names = isGroup ? namesIn(state, stage.inner as ScopeState, extra) : namesOf(state, stage, extra);
      const outputs = shape === undefined ? done.outputs : evaluateAll(shape, names, context, `${stage.path}.outputs`);
      const values = set === undefined ? undefined : evaluateAll(set, names, context, `${stage.path}.set`);
      const tooLarge = largeFault(
        stage,
        outputs === done.outputs ? [outputs, values] : [done.outputs, outputs, values],
      );
      const fault = tooLarge ?? (values === undefined ? undefined : stateFault(stage, values, context));
      if (fault !== undefined) return failed(state, stage, fault, context);
      const isReshaped = shape !== undefined && compensate !== undefined;
      return [
        {
          ...endOf(stage, done, outcome, context),
          outputs,
          ...(isReshaped ? { result: done.outputs } : {}),
          ...(values === undefined ? {} : { set: values }),
        },
      ];
    },
    (failure) => failed(state, stage, failure, context),
  );
}

/** The same where nothing is left to evaluate, as with most stages. */
function ended(state: RunState, stage: StageState, done: Done, outcome: string, context: Context): Event[] {
  const fault = isSmallPayload(done.outputs) ? undefined : largeFault(stage, [done.outputs]);
  return fault === undefined ? [endOf(stage, done, outcome, context)] : failed(state, stage, fault, context);
}

function endOf(
  stage: StageState,
  { outputs, explain, usage }: Done,
  outcome: string,
  { now: at }: Context,
): StageEnded {
  const end: StageEnded = { type: "stageEnded", at, stage: stage.path, outcome, outputs };
  if (explain === undefined && usage === undefined) return end;
  return { ...end, ...(explain === undefined ? {} : { explain }), ...(usage === undefined ? {} : { usage }) };
}

/** What the journal would not take fails its stage, before anything is written. */
function largeFault(stage: StageState, values: readonly (Json | undefined)[]): Failure | undefined {
  try {
    for (const value of values) if (value !== undefined) checkPayload(() => `the result of ${stage.path}`, value);
    return undefined;
  } catch (error) {
    if (!(error instanceof StagecraftError)) throw error;
    return { code: error.code, message: `${error.message}. ${error.help}`, retryable: false };
  }
}

function stateFault(stage: StageState, set: JsonObject, context: Context): Failure | undefined {
  const { frame } = stage.scope;
  for (const [name, value] of Object.entries(set)) {
    const field = frame.workflow.state[name];
    const next = merged(field?.merge, frame.values[name], value);
    const fault = field === undefined ? "there is no such field" : context.validate(field.schema, next);
    if (fault !== undefined) {
      return { code: "state-invalid", message: `${stage.path} sets state.${name}: ${fault}`, retryable: false };
    }
  }
  return undefined;
}

/**
 * The facts that follow from a failure: another try, a person's turn, a skip, a rollback, or the end.
 * `final` failures (a total time-out, a limit) are not tried again.
 */
export function failed(state: RunState, stage: StageState, error: Failure, context: Context, final = false): Event[] {
  const { now: at } = context;
  const isCancelled = state.cancelled !== null && state.phase === "main";
  if (isCancelled) return [{ type: "stageEnded", at, stage: stage.path, outcome: "cancelled", error }];
  const isOver = stage.scope.closing || final || state.phase === "rollback";
  if (!isOver) {
    const retryAt = retryTime(state, stage, error, context);
    if (retryAt !== undefined) {
      return [{ type: "attemptFailed", at, stage: stage.path, attempt: stage.attempts, error, retryAt }];
    }
  }
  if (!isOver && state.phase === "main" && stage.role === "body" && asksForMoney(error)) return held(stage, error, at);
  const end: Event = { type: "stageEnded", at, stage: stage.path, outcome: "failed", error };
  if (stage.parent !== null || stage.scope.closing) return [end];
  return orFailure(
    () => answer(state, stage, error, context, end),
    (unevaluable) => [{ ...end, error: unevaluable }],
  );
}

/** Nothing goes on until a person says how. */
function held(stage: StageState, error: Failure, at: number): Event[] {
  const reason = `${stage.path} failed: ${error.message}`;
  return [
    { type: "attemptFailed", at, stage: stage.path, attempt: stage.attempts, error },
    { type: "runPaused", at, by: "engine", reason, stage: stage.path },
  ];
}

/** What `onError` says to do about it. */
function answer(state: RunState, stage: StageState, error: Failure, context: Context, end: Event): Event[] {
  const { now: at } = context;
  const names = namesOf(state, stage, { error: errorJson(error) });
  const where = `${stage.path}.onError`;
  const rule = stage.plan.onError.find((candidate) => matches(candidate, error, () => names, context, where));
  const verb = rule?.do ?? "fail";
  if (state.phase !== "main" && (verb === "pause" || verb === "rollback")) return [end];
  switch (verb) {
    case "skip": {
      const outputs = rule?.outputs === undefined ? {} : evaluateAll(rule.outputs, names, context, where);
      return [{ type: "stageEnded", at, stage: stage.path, outcome: "skipped", outputs, error }];
    }
    case "pause":
      return held(stage, error, at);
    case "rollback": {
      return [end, { type: "rollbackStarted", at, by: "engine", reason: `${stage.path} failed`, error }];
    }
    default:
      return [end];
  }
}

function matches(
  rule: ErrorRule,
  error: Failure,
  names: () => ReturnType<typeof namesOf>,
  context: Context,
  where: string,
) {
  if (rule.errors !== undefined && !rule.errors.includes(error.code)) return false;
  return rule.if === undefined || holds(rule.if, names(), context, `${where}.if`);
}

function retryTime(state: RunState, stage: StageState, error: Failure, context: Context): number | undefined {
  const { retry } = stage.plan;
  if (retry === undefined || stage.role !== "body" || stage.attempts >= LIMITS.attempts) return undefined;
  const seed = `${state.id}/${stage.path}`;
  const at = nextTry(retry, error, stage.failures + 1, context.now, seed);
  if (at === undefined || retry.if === undefined) return at;
  const names = namesOf(state, stage, { error: errorJson(error) });
  return orFailure(
    () => (holds(retry.if as string, names, context, `${stage.path}.retry.if`) ? at : undefined),
    () => undefined,
  );
}
