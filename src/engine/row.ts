import type { RunStatus } from "../core/event.js";
import { limitText } from "../core/limit.js";
import type { RunState } from "../core/state.js";
import { earlier, nextWake } from "../core/timers.js";
import type { RunPatch } from "./ports.js";

/**
 * The list row of a run, folded from its state. `isBusy`: something is in flight or about to start. `parkedUntil`: when
 * it must be looked at besides the times it knows itself.
 */
export function rowOf(state: RunState, now: number, isBusy: boolean, parkedUntil: number | null): RunPatch {
  const status = statusOf(state, isBusy);
  const { end } = state;
  return {
    status,
    updatedAt: now,
    endedAt: state.phase === "ended" ? (end?.at ?? now) : null,
    stages: state.stages.size,
    ended: state.counts.ended,
    failed: state.counts.failed,
    wakeAt: earlier(nextWake(state), parkedUntil),
    waitingFor: status === "waiting" || status === "paused" ? waitingFor(state) : null,
    outputs: end?.outputs ?? null,
    error: end?.error ?? null,
  };
}

function statusOf(state: RunState, isBusy: boolean): RunStatus {
  if (state.phase === "ended") return state.end?.status ?? "failed";
  if (state.phase === "rollback") return "rollingBack";
  if (state.paused !== null) return "paused";
  return isBusy ? "running" : "waiting";
}

/** What the run waits for, for people: `approval managerApproval`. At most three things are named. */
export function waitingFor(state: RunState): string | null {
  if (state.paused !== null) return state.paused.reason;
  const things: string[] = [];
  for (const stage of state.waits) {
    const { approval, event } = stage.waiting ?? {};
    const what = approval !== undefined ? "approval" : event !== undefined ? `event ${event.name} for` : "timer";
    things.push(`${what} ${stage.path}`);
  }
  for (const stage of state.queued)
    if (stage.queue !== null) things.push(`${limitText(stage.queue)} for ${stage.path}`);
  if (things.length === 0) return "timer";
  const shown = things.slice(0, 3).join(", ");
  return things.length > 3 ? `${shown} and ${things.length - 3} more` : shown;
}
