import { Ajv2020 } from "ajv/dist/2020.js";
import { defineStage, nearest, StageError, type StageInfo, type StageIssue } from "stagecraft/plugin";

export const notifyStage = defineStage({
  name: "notify",
  kind: "effect",
  leavesNothing: true,
  title: "Notification",
  description:
    "Tells somebody something, by a notifier: console (one line on stderr), webhook, slack, smtp, or one from a plugin.",
  examples: [
    "uses: notify\nwith:\n  via: webhook\n  url: https://hooks.example.org/ops\n  message: Payment ${{ run.id }} was rejected",
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["via", "message"],
    properties: {
      via: {
        type: "string",
        minLength: 1,
        description: "Name of a notifier: console, webhook, slack, smtp, or a plugin's.",
      },
      message: { type: "string", minLength: 1, description: "What to say." },
      url: { type: "string", description: "Where to send it, for notifiers that have an address." },
      secret: { type: "string", description: "With webhook: the environment variable with the key that signs it." },
      server: { type: "string", description: "With smtp: smtp://mail.example.org:587." },
      from: { type: "string", description: "With smtp: who sends it." },
      to: { type: "string", description: "With smtp: who gets it." },
      subject: { type: "string", description: "With smtp: instead of the message's first line." },
      user: { type: "string", description: "With smtp: signs in as." },
      password: { type: "string", description: "With smtp: the environment variable with the password." },
      data: { description: "Anything to send along." },
    },
  },
  output: {
    type: "object",
    required: ["sent", "via"],
    properties: {
      sent: { type: "boolean", const: true },
      via: { type: "string" },
      status: { type: "integer", description: "With webhook and slack: what the receiver answered." },
      accepted: { type: "integer", description: "With smtp: for how many the server took it." },
    },
  },
  sensitive: { url: "url" },
  check,
  async run({ via, ...notification }, context) {
    const notifier = context.notifier(String(via));
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    if (!ajv.validate(notifier.input, notification)) {
      const [error] = ajv.errors ?? [];
      const extra = error?.params["additionalProperty"];
      const what = extra === undefined ? `with${error?.instancePath} ${error?.message}` : `it knows no ${extra}`;
      throw new StageError("notify-input", `notifier ${via} cannot send this: ${what}`);
    }
    return { outputs: { ...(await notifier.send(notification, context)), sent: true, via: String(via) } };
  },
});

function check({ with: given, notifiers }: StageInfo): readonly StageIssue[] {
  const via = given["via"];
  if (typeof via !== "string" || via.includes("${{")) return [];
  if (notifiers && !notifiers.includes(via)) {
    const guess = nearest(via, notifiers);
    const help = guess === undefined ? `there are: ${notifiers.join(", ")}` : `did you mean ${guess}?`;
    return [
      {
        code: "unknown-notifier",
        severity: "error",
        message: `there is no notifier ${via}`,
        help,
        path: ["with", "via"],
      },
    ];
  }
  if (via === "webhook" && !Object.hasOwn(given, "url")) {
    const message = "the webhook notifier needs a url";
    return [{ code: "notify-input", severity: "error", message, help: "add url: https://…", path: ["with"] }];
  }
  return [];
}
