import { definePlugin } from "stagecraft/plugin";
import { consoleNotifier } from "./console.js";
import { slackNotifier } from "./slack.js";
import { smtpNotifier } from "./smtp.js";
import { notifyStage } from "./stage.js";
import { webhookNotifier } from "./webhook.js";

export default definePlugin({
  name: "notify",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "unknown-notifier",
      means: "A stage notifies through a channel that no plugin brings.",
      mend: "Check the spelling of `via`, or install the plugin that brings it.",
    },
    {
      code: "notify-input",
      means: "What a stage passes does not fit what its notifier takes.",
      mend: "Look at the keys the message names.",
    },
  ],
  stages: [notifyStage],
  notifiers: [consoleNotifier, webhookNotifier, slackNotifier, smtpNotifier],
});
