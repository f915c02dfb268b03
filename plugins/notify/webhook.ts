import type { JsonObject, Notifier } from "stagecraft/plugin";
import { post } from "./post.js";
import { signature } from "./sign.js";

/**
 * POSTs the notification as a CloudEvent. `webhook-id` is the same however often it is sent: a receiver that remembers it
 * drops what comes twice.
 */
export const webhookNotifier: Notifier = {
  name: "webhook",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["message", "url"],
    properties: {
      message: { type: "string", description: "Sent as `message`." },
      url: { type: "string", pattern: "^https?://", description: "Where to POST it." },
      secret: {
        type: "string",
        description: "The environment variable with the key that signs it (Standard Webhooks).",
      },
      data: { description: "Sent as `data`." },
    },
  },
  async send({ message, url, secret, data }, context) {
    const { idempotencyKey: id, run, kind = "notification", now } = context;
    const event: JsonObject = {
      specversion: "1.0",
      id,
      source: `/stagecraft/${run.workflow}/${run.id}`,
      type: `dev.stagecraft.${kind}.v1`,
      time: new Date(now).toISOString(),
      run: run.id,
      workflow: run.workflow,
      stage: run.stage,
      message: message ?? "",
      ...(data === undefined ? {} : { data }),
    };
    const body = JSON.stringify(event);
    const signed = typeof secret === "string" ? signature(secret, body, context) : {};
    return { status: await post(String(url), body, { "webhook-id": id, "idempotency-key": id, ...signed }, context) };
  },
};
