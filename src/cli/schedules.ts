import { Args } from "@oclif/core";
import type { Schedule } from "../app.js";
import type { JsonObject } from "../core/json.js";
import { moment } from "../observe/documents.js";

export function scheduleDocument({ id, trigger, row }: Schedule): JsonObject {
  return {
    id,
    trigger: trigger.kind === "cron" ? { cron: trigger.cron, timezone: trigger.timezone } : { file: trigger.file },
    nextAt: row.pausedBy === null ? moment(row.nextAt) : null,
    lastAt: moment(row.lastAt),
    lastRun: row.lastRun,
    lastError: row.lastError,
    pausedBy: row.pausedBy,
  };
}

/** `0 3 * * * Europe/Berlin`, `inbox/*.csv`. */
export function whenOf({ trigger }: Schedule): string {
  if (trigger.kind === "file") return trigger.file;
  return trigger.timezone === "UTC" ? trigger.cron : `${trigger.cron} ${trigger.timezone}`;
}

export const scheduleArgs = {
  schedule: Args.string({ description: "the schedule, as `workflow/trigger`", required: true }),
};
