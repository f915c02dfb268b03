import { canonicalText, type JsonObject } from "../../core/json.js";
import { type Marks, SEALED, type Turn } from "../../core/sealed.js";
import { decrypt, encrypt, markOf } from "./envelope.js";
import { SHARED, wasChanged } from "./keyring.js";

/** What the key that runs share has sealed. */
export const SEALED_FOR_ALL = `${SEALED}*`;

/** What one data key does. */
export interface Seal {
  readonly seal: Turn;
  /** @throws StagecraftError `store-corrupt` */
  readonly open: Turn;
  readonly marks: Marks;
}

/** @param name of the key: what is sealed under it opens under no other name */
export function sealOf(key: Uint8Array, name: string): Seal {
  const prefix = name === SHARED ? SEALED_FOR_ALL : SEALED;
  return {
    seal: (text) => `${prefix}${encrypt(key, Buffer.from(text), name)}`,
    open(text) {
      const plain = decrypt(key, text.slice(prefix.length), name);
      if (plain === undefined) throw wasChanged(name);
      return plain.toString();
    },
    marks: (fields: JsonObject) =>
      Object.fromEntries(
        Object.entries(fields).map(([field, value]) => [
          markOf(key, field),
          markOf(key, `${field}\n${canonicalText(value)}`),
        ]),
      ),
  };
}
