import { type Static, Type } from "@sinclair/typebox";
import { ALERT_KINDS } from "../../core/alert.js";
import { closed, Duration, NAME_PATTERN, Words } from "./common.js";

const Kind = Words([...ALERT_KINDS], "What happened.", [
  "The run failed, or its rollback did.",
  "The run was paused, by a person or by a stage that failed.",
  "A stage waits for a person or an event, for as long as `after`.",
  "The run has not ended after `after`.",
  "A budget had no room for a call.",
  "A stage ended `rejected`.",
]);

export const AlertSchema = Type.Object(
  {
    on: Type.Array(Kind, { minItems: 1, uniqueItems: true, description: "When somebody is told." }),
    notify: Type.String({
      pattern: NAME_PATTERN,
      description: "Who: a channel of the project's `notify`, or a notifier.",
    }),
    after: Type.Optional(
      Duration("How long a run may take before it is `slow`, or a stage wait before it is `waiting`."),
    ),
  },
  closed("Who is told of what."),
);

export type AlertSource = Static<typeof AlertSchema>;
