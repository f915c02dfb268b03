import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { AuditHead } from "../../core/audit.js";
import { StagecraftError } from "../../core/errors.js";
import { canonicalText, isObject, type Json } from "../../core/json.js";

/** What stands in the signature file beside an export. */
export interface Seal {
  readonly format: "stagecraft-audit/1";
  readonly at: string;
  readonly by: string;
  /** Of the exported file. */
  readonly sha256: string;
  /** Where each run's chain stood: it can never again be another. */
  readonly heads: Readonly<Record<string, AuditHead>>;
  readonly trail: AuditHead;
  readonly algorithm: "Ed25519";
  /** The first 16 hex digits of the public key's sha256. */
  readonly key: string;
  /** base64 */
  readonly signature: string;
}

/** PEM texts. */
export function newKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
}

export function publicKeyOf(privateKeyPem: string): string {
  return createPublicKey(readKey(privateKeyPem, createPrivateKey)).export({ type: "spki", format: "pem" }).toString();
}

/** @throws StagecraftError `audit-key-invalid` */
export function seal(text: string, facts: Pick<Seal, "at" | "by" | "heads" | "trail">, privateKeyPem: string): Seal {
  const key = readKey(privateKeyPem, createPrivateKey);
  const body: Omit<Seal, "signature"> = {
    ...{ format: "stagecraft-audit/1", sha256: digest(text), algorithm: "Ed25519" },
    ...{ at: facts.at, by: facts.by, heads: facts.heads, trail: facts.trail, key: keyId(createPublicKey(key)) },
  };
  return { ...body, signature: sign(null, signedBytes(body), key).toString("base64") };
}

/** What a signature file says, whoever wrote it; undefined: it is none. */
export function sealIn(text: string): Seal | undefined {
  try {
    const read: Json = JSON.parse(text);
    return isObject(read) && typeof read["signature"] === "string" ? (read as unknown as Seal) : undefined;
  } catch {
    return undefined;
  }
}

/** Why the file is not what was signed, or undefined. @throws StagecraftError `audit-key-invalid` */
export function sealFault(text: string, { signature, ...body }: Seal, publicKeyPem: string): string | undefined {
  const key = readKey(publicKeyPem, createPublicKey);
  if (keyId(key) !== body.key) return `it was signed with another key (${body.key}) than the one given (${keyId(key)})`;
  if (!verify(null, signedBytes(body), key, Buffer.from(signature, "base64"))) return "its signature does not hold";
  return digest(text) === body.sha256 ? undefined : "the file was changed after it was signed";
}

function readKey<T extends KeyObject>(pem: string, read: (pem: string) => T): T {
  try {
    const key = read(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // What is wrong with it must not be said: the message may quote the key.
  }
  throw new StagecraftError("audit-key-invalid", "the audit key is no Ed25519 key in PEM form", {
    help: "make one with: stagecraft audit keygen",
  });
}

function signedBytes(body: Omit<Seal, "signature">): Buffer {
  return Buffer.from(canonicalText(body as unknown as Json));
}

function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
