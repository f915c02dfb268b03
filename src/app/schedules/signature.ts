import { createHmac, timingSafeEqual } from "node:crypto";
import { StagecraftError } from "../../core/errors.js";
import type { WebhookSignature } from "../../core/trigger.js";

/** A request as it came: nothing of it may be read before it is known who sent it. */
export interface Delivery {
  /** By lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/** What a proven request says of itself. */
export interface Proven {
  /** The same however often it is sent. Nobody but the sender can change it. */
  readonly id: string;
}

/** Shorter keys can be guessed: bytes. */
const SHORTEST_KEY = 16;

/**
 * Proves that a request was made by somebody who knows the secret, and lately.
 *
 * @param secret several, apart by white space, while one is replaced by another; `whsec_` is base64, anything else text
 * @throws StagecraftError `signature-missing`, `signature-wrong`, `timestamp-stale`; `webhook-secret` of kind environment
 */
export function prove(delivery: Delivery, how: WebhookSignature, secret: string, now: number): Proven {
  const keys = secret.split(/\s+/).filter(Boolean).map(keyOf);
  if (keys.length === 0 || keys.some((key) => key.length < SHORTEST_KEY)) {
    throw new StagecraftError("webhook-secret", `the secret ${how.secret} is shorter than ${SHORTEST_KEY} bytes`, {
      kind: "environment",
      help: "openssl rand -hex 32 makes a good one",
    });
  }
  return how.scheme === "github" ? asGithub(delivery, keys) : asStandard(delivery, keys, how.tolerance, now);
}

/** https://www.standardwebhooks.com: id, time and body are signed together. */
function asStandard(delivery: Delivery, keys: readonly Buffer[], tolerance: number, now: number): Proven {
  const [id, sentAt, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    delivery.header(name),
  );
  if (!id || !sentAt || !signatures) {
    throw refused("signature-missing", "send webhook-id, webhook-timestamp and webhook-signature");
  }
  const given = signatures.split(" ").flatMap((one) => (one.startsWith("v1,") ? [one.slice(3)] : []));
  const signed = Buffer.concat([Buffer.from(`${id}.${sentAt}.`), delivery.body]);
  if (!matches(given, keys, signed, "base64")) throw refused("signature-wrong", "the signature does not fit this body");
  const age = now - Number(sentAt) * 1_000;
  if (!/^\d{1,12}$/.test(sentAt) || Math.abs(age) > tolerance) {
    throw refused("timestamp-stale", `webhook-timestamp ${sentAt} is not the time here`);
  }
  return { id };
}

/** The body alone is signed. What names the delivery is not, so the signature does: the same body starts one run. */
function asGithub(delivery: Delivery, keys: readonly Buffer[]): Proven {
  const header = delivery.header("x-hub-signature-256");
  if (!header) throw refused("signature-missing", "send X-Hub-Signature-256");
  const signature = header.replace(/^sha256=/, "").toLowerCase();
  if (!matches([signature], keys, delivery.body, "hex")) {
    throw refused("signature-wrong", "the signature does not fit this body");
  }
  return { id: signature };
}

/** In a time that does not depend on how much is right. */
function matches(
  given: readonly string[],
  keys: readonly Buffer[],
  signed: Uint8Array,
  encoding: "base64" | "hex",
): boolean {
  let isRight = false;
  for (const key of keys) {
    const wanted = createHmac("sha256", key).update(signed).digest();
    for (const one of given) {
      const bytes = Buffer.from(one, encoding);
      if (bytes.length === wanted.length && timingSafeEqual(bytes, wanted)) isRight = true;
    }
  }
  return isRight;
}

function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

function refused(code: string, message: string): StagecraftError {
  return new StagecraftError(code, message, { kind: "denied" });
}
