import { Args } from "@oclif/core";
import type { Schedule } from "../app.js";
import type { JsonObject } from "../core/json.js";
import { moment } from "../observe/documents.js";

export function scheduleDocument({ id, trigger, row, isNew }: Schedule): JsonObject {
  return {
    id,
    trigger: triggerDocument(trigger, id),
    nextAt: row.pausedBy === null ? moment(row.nextAt) : null,
    lastAt: moment(row.lastAt),
    lastRun: row.lastRun,
    lastError: row.lastError,
    pausedBy: row.pausedBy,
    // Nothing has looked at it yet: what was said until then it does not hear.
    met: !isNew,
  };
}

/** `0 3 * * * Europe/Berlin`, `inbox/*.csv`, `event paid`, `POST /api/v1/hooks/orders/paid`. */
export function whenOf({ id, trigger }: Schedule): string {
  switch (trigger.kind) {
    case "file":
      return trigger.file;
    case "event":
      return `event ${trigger.event}`;
    case "webhook":
      return `POST ${hookPath(id)}${trigger.signed === null ? " (unsigned)" : ""}`;
    case "cron":
      return trigger.timezone === "UTC" ? trigger.cron : `${trigger.cron} ${trigger.timezone}`;
  }
}

function triggerDocument(trigger: Schedule["trigger"], id: string): JsonObject {
  switch (trigger.kind) {
    case "file":
      return { file: trigger.file };
    case "event":
      return { event: trigger.event, overlap: trigger.overlap };
    case "webhook":
      return { webhook: hookPath(id), signed: trigger.signed !== null, overlap: trigger.overlap };
    case "cron":
      return { cron: trigger.cron, timezone: trigger.timezone };
  }
}

function hookPath(id: string): string {
  return `/api/v1/hooks/${id}`;
}

export const scheduleArgs = {
  schedule: Args.string({ description: "the schedule, as `workflow/trigger`", required: true }),
};
