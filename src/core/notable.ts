import { apply, fold } from "./apply.js";
import type { Failure } from "./errors.js";
import type { Event, StagePath } from "./event.js";
import type { Plan } from "./plan.js";
import type { RunState } from "./state.js";

/** Something out of the ordinary that befell a run and that a person looking at it should know. */
export type Notable =
  /** Tries whose process died while they were under way. */
  | { readonly kind: "lost"; readonly stage: StagePath; readonly times: number }
  /** A time came when nobody drove the run: milliseconds. */
  | { readonly kind: "late"; readonly stage: StagePath; readonly by: number }
  | { readonly kind: "migrated"; readonly version: string; readonly by: string; readonly at: number }
  /** Its effect is still there: undoing it failed for good. */
  | { readonly kind: "left"; readonly stage: StagePath; readonly error: Failure };

/** Later than this and a timer was not merely waiting for its turn: milliseconds. */
const LATE = 60_000;

/** What is notable of a journal, oldest first; what a person must do last. */
export function notableOf(plan: Plan, events: readonly Event[]): readonly Notable[] {
  const [first, ...rest] = events;
  if (first === undefined) return [];
  const state = fold(plan, [first]);
  const lost = new Map<StagePath, number>();
  const errors = new Map<StagePath, Failure>();
  const told: Notable[] = [];
  for (const event of rest) {
    const lateness = lateBy(state, event);
    apply(state, event);
    if (lateness !== undefined) told.push(lateness);
    if (event.type === "attemptLost") lost.set(event.stage, (lost.get(event.stage) ?? 0) + 1);
    if (event.type === "compensationFailed") errors.set(event.stage, event.error);
    if (event.type === "runMigrated") {
      told.push({ kind: "migrated", version: event.version, by: event.by, at: event.at });
    }
  }
  const left = state.stuck.flatMap(({ path }): Notable[] => {
    const error = errors.get(path);
    return error === undefined ? [] : [{ kind: "left", stage: path, error }];
  });
  return [...[...lost].map(([stage, times]): Notable => ({ kind: "lost", stage, times })), ...told, ...left];
}

/** The end of a wait by a timer that had come long before. */
function lateBy(state: RunState, event: Event): Notable | undefined {
  if (event.type !== "stageEnded") return undefined;
  const timers = state.stages.get(event.stage)?.waiting?.timers ?? [];
  const timer = timers.find(({ outcome }) => outcome === event.outcome);
  if (timer === undefined || event.at - timer.at < LATE) return undefined;
  return { kind: "late", stage: event.stage, by: event.at - timer.at };
}
