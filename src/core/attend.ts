import type { Failure } from "./errors.js";
import { type Context, evaluateAll, holds, orFailure } from "./evaluate.js";
import type { EndStatus, Event } from "./event.js";
import { isRefused, resultOf, tooManyFailed } from "./items.js";
import { namesIn, namesOf } from "./names.js";
import { failed, succeeded } from "./settle.js";
import type { Doom, Frame, Items, RunState, ScopeState, StageState } from "./state.js";

/** What an open stage comes to, now that something below it ended. Empty: it goes on. */
export function attend(state: RunState, stage: StageState, context: Context): readonly Event[] {
  if (stage.status !== "open") return [];
  return orFailure(
    () => {
      if (stage.items !== null) return attendItems(state, stage, stage.items, context);
      if (stage.iteration !== null) return attendIteration(state, stage, stage.iteration, context);
      return stage.inner === null ? [] : attendScope(state, stage, stage.inner, context);
    },
    (failure) => close(stage, { outcome: "failed", error: failure, final: true }, context),
  );
}

function attendItems(state: RunState, each: StageState, items: Items, context: Context): readonly Event[] {
  if (each.doom !== null) {
    return items.ended === items.states.length ? meetDoom(state, each, each.doom, context) : [];
  }
  if (tooManyFailed(each)) {
    const message = `${items.failed} of ${items.values.length} items failed, more than tolerated`;
    const first = items.states.find((item) => item.outcome === "failed" || isRefused(item));
    const why = first?.error?.message ?? (first === undefined ? null : `${first.path} ended ${first.outcome}`);
    const error = {
      code: "too-many-failures",
      message,
      retryable: false,
      details: { first: why },
    };
    return close(each, { outcome: "failed", error, final: true }, context);
  }
  const { completeWhen } = each.plan.forEach ?? {};
  const isAll = items.ended === items.values.length;
  if (!isAll && completeWhen !== undefined) {
    const results = items.states.filter((item) => item.outcome !== null).map(resultOf);
    const extra = { results, succeeded: items.succeeded, failed: items.failed, total: items.values.length };
    if (holds(completeWhen, namesOf(state, each, extra), context, `${each.path}.forEach.completeWhen`)) {
      return close(each, { outcome: "succeeded", error: null, final: true }, context);
    }
  }
  return isAll ? [end(each, "succeeded", context)] : [];
}

function attendIteration(state: RunState, loop: StageState, last: StageState, context: Context): readonly Event[] {
  if (last.status !== "ended") return [];
  if (loop.doom !== null) return meetDoom(state, loop, loop.doom, context);
  if (last.outcome === "failed") return failed(state, loop, last.error as Failure, context, true);
  if (last.outcome === "cancelled") return [end(loop, "cancelled", context)];
  const { until, maxIterations = 1, delay = 0 } = loop.plan.repeat ?? {};
  if (until !== undefined) {
    const extra = { result: last.outputs ?? null };
    const names = last.inner === null ? namesOf(state, last, extra) : namesIn(state, last.inner, extra);
    if (holds(until, names, context, `${loop.path}.repeat.until`)) return [end(loop, last.outcome as string, context)];
  }
  const index = last.position + 1;
  if (index < maxIterations) {
    return [{ type: "iterationOpened", at: context.now, stage: loop.path, index, startAt: context.now + delay }];
  }
  if (until === undefined) return [end(loop, last.outcome as string, context)];
  const message = `still not done after ${maxIterations} iterations`;
  return failed(state, loop, { code: "repeat-exhausted", message, retryable: false }, context, true);
}

function attendScope(state: RunState, stage: StageState, inner: ScopeState, context: Context): readonly Event[] {
  if (inner.open > 0) return [];
  const { frame } = inner;
  const isWorkflow = frame.owner === stage;
  if (isWorkflow && frame.workflow.finally !== undefined) {
    if (frame.finally === null) {
      const status = stage.doom === null ? frameStatus(frame, inner) : statusOf(stage.doom);
      return [{ type: "finallyOpened", at: context.now, stage: stage.path, status }];
    }
    if (frame.finally.open > 0) return [];
  }
  if (stage.doom !== null) return meetDoom(state, stage, stage.doom, context);
  const error = scopeFailure(frame, inner, isWorkflow);
  if (error !== null) return failed(state, stage, error, context);
  if (!isWorkflow) return succeeded(state, stage, { outputs: {} }, context);
  const names = namesIn(state, inner);
  const outputs = frame.fate?.outputs ?? evaluateAll(frame.workflow.outputs, names, context, `${stage.path} outputs`);
  return succeeded(state, stage, { outputs }, context);
}

function scopeFailure(frame: Frame, inner: ScopeState, isWorkflow: boolean): Failure | null {
  if (isWorkflow && frame.fate !== null) return fateFailure(frame);
  const failure = inner.failure ?? (isWorkflow ? (frame.finally?.failure ?? null) : null);
  if (failure === null) return null;
  return { ...failure.error, message: `${failure.stage}: ${failure.error.message}` };
}

/** The failure an `end` stage asked for, or null when it asked for success. */
export function fateFailure(frame: Frame): Failure | null {
  if (frame.fate === null || frame.fate.status === "succeeded") return null;
  const code = frame.fate.status === "failed" ? "ended-failed" : "ended-cancelled";
  return { code, message: frame.fate.message ?? `ended ${frame.fate.status} by an end stage`, retryable: false };
}

function frameStatus(frame: Frame, root: ScopeState): EndStatus {
  return frame.fate?.status ?? (root.failure === null ? "succeeded" : "failed");
}

function statusOf(doom: Doom): EndStatus {
  return doom.outcome === "cancelled" ? "cancelled" : "failed";
}

function meetDoom(state: RunState, stage: StageState, doom: Doom, context: Context): readonly Event[] {
  if (doom.outcome !== "failed" || doom.error === null) return [end(stage, doom.outcome, context)];
  return failed(state, stage, doom.error, context, doom.final);
}

function close(stage: StageState, doom: Doom, context: Context): readonly Event[] {
  const { outcome, error, final } = doom;
  const event = { type: "stageClosing" as const, at: context.now, stage: stage.path, outcome, final };
  return [error === null ? event : { ...event, error }];
}

function end(stage: StageState, outcome: string, context: Context): Event {
  return { type: "stageEnded", at: context.now, stage: stage.path, outcome };
}
