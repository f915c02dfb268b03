import type { KeyStore } from "../../engine/ports.js";
import type { State } from "./state.js";

export function keys({ dataKeys }: State): KeyStore {
  return {
    async keepDataKey(key) {
      const kept = dataKeys.get(key.name) ?? key;
      dataKeys.set(key.name, kept);
      return kept;
    },
    async dataKeys(names) {
      if (names === undefined) return [...dataKeys.values()];
      return names.flatMap((name) => dataKeys.get(name) ?? []);
    },
    async rewrapDataKey(key, before) {
      if (dataKeys.get(key.name)?.wrappedBy !== before) return false;
      dataKeys.set(key.name, key);
      return true;
    },
  };
}
