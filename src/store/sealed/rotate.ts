import type { DataKey, Store } from "../../engine/ports.js";
import { type Keyring, type ProjectKey, unwrap, wrap } from "./keyring.js";

/**
 * Wraps every data key with the current key. What it sealed stays as it is. Runs may go on meanwhile; done twice it does
 * nothing more. Returns how many there were to wrap. @throws StagecraftError `encryption-key-unknown`
 */
export async function rewrapAll(store: Store, ring: Keyring, current: ProjectKey): Promise<number> {
  const old = (await store.dataKeys()).filter(({ wrappedBy }) => wrappedBy !== current.id);
  // Every one is opened before the first is changed: a key that is not there stops it whole.
  const fresh = old.map((key): [DataKey, string] => [wrap(current, key.name, unwrap(ring, key)), key.wrappedBy]);
  for (const [key, before] of fresh) await store.rewrapDataKey(key, before);
  return fresh.length;
}
