import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export const KEY_BYTES = 32;

/** AES-256-GCM: a random start, the proof, the sealed bytes; in base64. It opens only with the same `about`. */
export function encrypt(key: Uint8Array, plain: Uint8Array, about: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
}

/** Undefined: another key, another `about`, or changed since. */
export function decrypt(key: Uint8Array, text: string, about: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(about))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Names a key without giving it away. */
export function keyId(key: Uint8Array): string {
  return createHash("sha256").update("stagecraft key id\n").update(key).digest("hex").slice(0, 12);
}

/** The same for the same text, and of no use to whoever lacks the key. */
export function markOf(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}
