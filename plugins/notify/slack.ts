import type { Notifier } from "stagecraft/plugin";
import { post } from "./post.js";

// `&`, `<` and `>` are markup there: a title must not become a link or call a whole channel.
const MARKUP: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

/** An incoming webhook of Slack, or of what understands the same: Mattermost, Rocket.Chat, Discord's `/slack`. */
export const slackNotifier: Notifier = {
  name: "slack",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["message", "url"],
    properties: {
      message: { type: "string", description: "What to say." },
      url: { type: "string", pattern: "^https?://", description: "The incoming webhook." },
      data: { description: "Not sent: messages there are for people." },
    },
  },
  async send({ message, url }, context) {
    const text = String(message).replace(/[&<>]/g, (sign) => MARKUP.get(sign) ?? sign);
    return { status: await post(String(url), JSON.stringify({ text }), {}, context) };
  },
};
