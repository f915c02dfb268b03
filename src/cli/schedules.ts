import { Args } from "@oclif/core";

export const scheduleArgs = {
  schedule: Args.string({ description: "the schedule, as `workflow/trigger`", required: true }),
};
