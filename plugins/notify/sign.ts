import { createHmac } from "node:crypto";
import { type NotifyContext, StageError } from "stagecraft/plugin";

/**
 * The headers of Standard Webhooks: a receiver that has the key knows who sent the body, when, and that nobody changed it.
 * @param name of the environment variable with the key: `whsec_` and base64
 */
export function signature(name: string, body: string, context: NotifyContext): Record<string, string> {
  const secret = context.env(name) ?? "";
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (key.length < 16) {
    const message = secret === "" ? "is not set" : "holds no key: whsec_ and at least 16 bytes in base64";
    throw new StageError("webhook-secret", `the environment variable ${name} ${message}`);
  }
  // Of this sending: a receiver refuses old messages, and one that is tried again is not old.
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signed = createHmac("sha256", key).update(`${context.idempotencyKey}.${timestamp}.${body}`).digest("base64");
  return { "webhook-timestamp": timestamp, "webhook-signature": `v1,${signed}` };
}
