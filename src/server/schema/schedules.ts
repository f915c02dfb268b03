import { type Static, Type } from "@sinclair/typebox";
import { Moment, nullable, record, Text, Values } from "./parts.js";

export const Schedule = record(
  {
    id: Text("`workflow/trigger`"),
    when: Text("such as `0 3 * * * Europe/Berlin`, `inbox/*.csv`, or `event paid`"),
    trigger: Values,
    nextAt: nullable(Moment),
    upcoming: Type.Array(Moment, { description: "the next times by the clock; none while it is paused" }),
    lastAt: nullable(Moment),
    lastRun: nullable(Text()),
    lastError: nullable(Text("why it could not start a run the last time")),
    pausedBy: nullable(Text()),
    met: Type.Boolean({ description: "false: it is new, and hears only what comes from its first look on" }),
  },
  "Schedule",
);
export const ScheduleList = record({ items: Type.Array(Schedule) }, "ScheduleList");

export type ScheduleEntryDocument = Static<typeof Schedule>;
