import type { Store, StoredDefinition } from "./ports.js";

/** How many are kept: a process that serves many workflows reads the others again. */
const KEPT = 32;

/**
 * The definitions that were needed last. A hash means the same definition for ever, so runs share one plan and everything
 * that is compiled for it.
 */
export class Definitions {
  readonly #store: Store;
  /** The one needed last at the end. Runs that begin at once wait for one reading of it. */
  readonly #kept = new Map<string, Promise<StoredDefinition | undefined>>();

  constructor(store: Store) {
    this.#store = store;
  }

  get(hash: string): Promise<StoredDefinition | undefined> {
    const known = this.#kept.get(hash);
    return this.#keep(hash, known ?? this.#read(hash));
  }

  /** It is in the store, and need not be read from there. */
  learn(definition: StoredDefinition): void {
    if (!this.#kept.has(definition.hash)) void this.#keep(definition.hash, Promise.resolve(definition));
  }

  #keep(hash: string, found: Promise<StoredDefinition | undefined>): Promise<StoredDefinition | undefined> {
    this.#kept.delete(hash);
    this.#kept.set(hash, found);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return found;
  }

  /** What is not there, or cannot be read now, is asked for anew the next time. */
  async #read(hash: string): Promise<StoredDefinition | undefined> {
    let found: StoredDefinition | undefined;
    try {
      found = await this.#store.getDefinition(hash);
      return found;
    } finally {
      if (found === undefined) this.#kept.delete(hash);
    }
  }
}
