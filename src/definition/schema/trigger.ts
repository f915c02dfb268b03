import { type Static, Type } from "@sinclair/typebox";
import { Condition, closed, Duration, SECRET_PATTERN, Templates, TRIGGER_ID_PATTERN, Words } from "./common.js";

/** Says what kind of trigger an entry is: exactly one of them. */
export const TRIGGER_KINDS = ["cron", "file", "webhook", "event"] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** Words that belong to some kinds only. */
export const WORDS_OF_KINDS: Readonly<Record<string, readonly TriggerKind[]>> = {
  timezone: ["cron"],
  catchup: ["cron"],
  overlap: ["cron", "webhook", "event"],
  filter: ["webhook", "event"],
};

const WebhookSchema = Type.Object(
  {
    secret: Type.Optional(
      Type.String({
        pattern: SECRET_PATTERN,
        description:
          "The secret that requests are signed with: its name, as the environment or a secrets provider has it.",
        examples: ["SHOP_WEBHOOK_SECRET"],
      }),
    ),
    scheme: Type.Optional(
      Words(["standard", "github"], "How requests are signed. Default standard.", [
        "Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.",
        "As GitHub, Gitea and others sign: `X-Hub-Signature-256`.",
      ]),
    ),
    tolerance: Type.Optional(Duration("How old a request may be, by its own timestamp. Default 5m.")),
    unsigned: Type.Optional(
      Type.Literal(true, { description: "Whoever reaches the server may start a run. Instead of `secret`." }),
    ),
  },
  closed("How a request proves where it comes from: `secret`, or `unsigned: true`."),
);

export const TriggerSchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: TRIGGER_ID_PATTERN,
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
    webhook: Type.Optional(WebhookSchema),
    event: Type.Optional(
      Type.String({
        minLength: 1,
        description: "When a run, a person or a program says an event of this name.",
        examples: ["paymentReceived"],
      }),
    ),
    filter: Type.Optional(Condition("Only where this holds; `trigger` says what was heard.")),
    overlap: Type.Optional(
      Words(
        ["skip", "queue", "latest", "allow"],
        "When the run before has not ended. Default skip with `cron`, else allow.",
        [
          "This one is passed over.",
          "It waits its turn; every one gets a run.",
          "It waits; of several only the newest is kept.",
          "The runs go side by side.",
        ],
      ),
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
  closed("What starts a run by itself: `cron`, `file`, `webhook` or `event`."),
);

export type WebhookSource = Static<typeof WebhookSchema>;
export type TriggerSource = Static<typeof TriggerSchema>;
