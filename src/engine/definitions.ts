import type { Store, StoredDefinition } from "./ports.js";

/** How many are kept: a process that serves many workflows reads the others again. */
const KEPT = 32;

/**
 * The definitions that were needed last. A hash means the same definition for ever, so runs share one plan and everything
 * that is compiled for it.
 */
export class Definitions {
  readonly #store: Store;
  /** The one needed last at the end. */
  readonly #kept = new Map<string, StoredDefinition>();

  constructor(store: Store) {
    this.#store = store;
  }

  async get(hash: string): Promise<StoredDefinition | undefined> {
    const found = this.#kept.get(hash) ?? (await this.#store.getDefinition(hash));
    if (found === undefined) return undefined;
    this.#kept.delete(hash);
    this.#kept.set(hash, found);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return found;
  }
}
