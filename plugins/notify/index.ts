import { definePlugin } from "stagecraft/plugin";
import { consoleNotifier } from "./console.js";
import { notifyStage } from "./stage.js";
import { webhookNotifier } from "./webhook.js";

export default definePlugin({
  name: "notify",
  version: "1.0.0",
  apiVersion: 1,
  stages: [notifyStage],
  notifiers: [consoleNotifier, webhookNotifier],
});
