import { Cron } from "croner";
import type { CronTrigger } from "../../core/trigger.js";

/** What the times of a trigger are worked out from. */
export function specOf({ cron, timezone }: CronTrigger): string {
  return `${cron} ${timezone}`;
}

/** Gives the first time after another, in milliseconds since the epoch; null: there is none. */
export function timesOf({ cron, timezone }: CronTrigger): (after: number) => number | null {
  const times = new Cron(cron, { mode: "5-part", timezone });
  return (after) => times.nextRun(new Date(after))?.getTime() ?? null;
}
