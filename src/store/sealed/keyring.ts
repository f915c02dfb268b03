import { StagecraftError } from "../../core/errors.js";
import type { DataKey } from "../../engine/ports.js";
import { decrypt, encrypt, KEY_BYTES, keyId } from "./envelope.js";

/** A key of the project, as its secret gives it. */
export interface ProjectKey {
  readonly id: string;
  /** The name of its secret. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** With `current` new runs are sealed; the others only open what they sealed. */
export interface Keyring {
  readonly current?: ProjectKey;
  readonly previous: readonly ProjectKey[];
}

/** 32 bytes in hex or base64. @throws StagecraftError `encryption-key-invalid` */
export function projectKey(name: string, text: string): ProjectKey {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  if (bytes.length === KEY_BYTES) return { id: keyId(bytes), name, bytes };
  throw new StagecraftError("encryption-key-invalid", `the secret ${name} is no key: it must be ${KEY_BYTES} bytes`, {
    kind: "environment",
    help: "make one with: openssl rand -base64 32",
  });
}

export function wrap({ id, bytes }: ProjectKey, name: string, key: Uint8Array): DataKey {
  return { name, wrappedBy: id, wrapped: encrypt(bytes, key, aboutKey(name)) };
}

/** @throws StagecraftError `encryption-key-unknown`, `store-corrupt` */
export function unwrap({ current, previous }: Keyring, { name, wrappedBy, wrapped }: DataKey): Uint8Array {
  const keys = current === undefined ? previous : [current, ...previous];
  const key = keys.find(({ id }) => id === wrappedBy);
  if (key === undefined) {
    const known = keys.map((one) => `${one.id} (${one.name})`).join(", ") || "no key at all";
    throw new StagecraftError(
      "encryption-key-unknown",
      `${subjectOf(name)} is encrypted with the key ${wrappedBy}, and configured is ${known}`,
      {
        kind: "environment",
        help: "name its secret under encryption in stagecraft.config.yaml: as key, or under previous",
      },
    );
  }
  const bytes = decrypt(key.bytes, wrapped, aboutKey(name));
  if (bytes === undefined) throw wasChanged(name);
  return bytes;
}

/** What all runs share stands under this name, which no run has. */
export const SHARED = "*";

export function wasChanged(name: string): StagecraftError {
  return new StagecraftError(
    "store-corrupt",
    `the database is damaged: sealed data of ${subjectOf(name)} was changed`,
    {
      kind: "environment",
      help: "stagecraft audit verify says what was changed; restore the last backup beside the file.",
    },
  );
}

function subjectOf(name: string): string {
  return name === SHARED ? "what runs share" : `run ${name}`;
}

function aboutKey(name: string): string {
  return `data key of ${name}`;
}
