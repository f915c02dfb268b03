import type { TriggerPlan } from "../../core/trigger.js";
import type { RunRow, ScheduleRow, Store } from "../../engine/ports.js";
import { isEnded } from "../runs.js";
import type { Started } from "../start.js";
import type { FoundTrigger } from "./found.js";
import { specOf, timesOf } from "./times.js";

/** One trigger with how it stands. */
export interface Schedule extends FoundTrigger {
  readonly row: ScheduleRow;
  /** It is not kept so yet: the trigger is new, or says something else than before. */
  readonly isNew: boolean;
}

/** How a trigger stands: as kept, or from its next time on where it is new or says something else than before. */
export function standingOf(
  found: FoundTrigger,
  kept: ScheduleRow | undefined,
  now: number,
  lastOccurrence: number,
): Schedule {
  const { id, trigger } = found;
  const spec = whatStarts(trigger);
  if (kept !== undefined && kept.spec === spec) return { ...found, row: kept, isNew: false };
  const fresh = { id, lastAt: null, lastRun: null, lastError: null, pausedBy: null, version: 0 };
  return { ...found, row: { ...(kept ?? fresh), spec, ...fromNow(trigger, now, lastOccurrence) }, isNew: true };
}

/** Nothing that came before counts. */
export function fromNow(
  trigger: TriggerPlan,
  now: number,
  lastOccurrence: number,
): Pick<ScheduleRow, "nextAt" | "heard"> {
  if (trigger.kind === "cron") return { nextAt: timesOf(trigger)(now), heard: null };
  return { nextAt: null, heard: trigger.kind === "file" ? null : lastOccurrence };
}

/** After a try to start a run for `at`. */
export function after(row: ScheduleRow, at: number, started: Started | Error): ScheduleRow {
  if (started instanceof Error) return { ...row, lastAt: at, lastError: started.message };
  return { ...row, lastAt: at, lastRun: started.run.id, lastError: null };
}

/** Has the run it started last not ended? */
export async function isBusy(store: Store, { lastRun }: ScheduleRow): Promise<boolean> {
  if (lastRun === null) return false;
  const run: RunRow | undefined = await store.getRun(lastRun);
  return run !== undefined && !isEnded(run);
}

function whatStarts(trigger: TriggerPlan): string {
  switch (trigger.kind) {
    case "cron":
      return specOf(trigger);
    case "file":
      return trigger.file;
    case "event":
      return `event ${trigger.event}`;
    case "webhook":
      return "webhook";
  }
}
