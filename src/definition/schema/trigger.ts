import { type Static, Type } from "@sinclair/typebox";
import { closed, Duration, STAGE_ID_PATTERN, Templates, Words } from "./common.js";

/** Says what kind of trigger an entry is: exactly one of them. */
export const TRIGGER_KINDS = ["cron", "file"] as const;

/** Words that belong to one kind only. */
export const CRON_WORDS = ["timezone", "overlap", "catchup"] as const;

export const TriggerSchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: STAGE_ID_PATTERN,
        description: "Names it among the workflow's triggers. Default cron1, file2 …",
      }),
    ),
    cron: Type.Optional(
      Type.String({
        minLength: 1,
        description: "At these times: minute, hour, day of the month, month, day of the week.",
        examples: ["0 3 * * *", "*/15 8-18 * * MON-FRI", "@daily"],
      }),
    ),
    timezone: Type.Optional(
      Type.String({ description: "Whose clock, as an IANA name. Default UTC.", examples: ["UTC", "Europe/Berlin"] }),
    ),
    overlap: Type.Optional(
      Words(["skip", "queue", "latest", "allow"], "When the run before has not ended. Default skip.", [
        "This time is passed over.",
        "It waits its turn; every time gets a run.",
        "It waits; of several only the newest is kept.",
        "The runs go side by side.",
      ]),
    ),
    catchup: Type.Optional(
      Duration("How long ago a time may have come, while nothing was running, and still count. Default 1h."),
    ),
    file: Type.Optional(
      Type.String({
        minLength: 1,
        description: "When such a file appears or changes, below the project; `*` stands for part of a name.",
        examples: ["inbox/*.csv"],
      }),
    ),
    inputs: Type.Optional(Templates("The run's inputs; `trigger` says what set it off.")),
  },
  closed("What starts a run by itself: `cron` or `file`."),
);

export type TriggerSource = Static<typeof TriggerSchema>;
