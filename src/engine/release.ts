import { StagecraftError } from "../core/errors.js";
import type { Lease, Store } from "./ports.js";

/**
 * Gives leases back. One that the store did not take back because it could not be reached is kept: this process lives, so
 * nobody else would take the run before the lease is over.
 */
export class Releases {
  readonly #store: Store;
  readonly #kept = new Set<Lease>();

  constructor(store: Store) {
    this.#store = store;
  }

  async release(lease: Lease): Promise<void> {
    try {
      await this.#store.release(lease);
      this.#kept.delete(lease);
    } catch (error) {
      const isAway = error instanceof StagecraftError && error.code === "store-io";
      if (isAway) this.#kept.add(lease);
      else this.#kept.delete(lease);
      throw error;
    }
  }

  /** Tries again what was kept. @throws what the store throws */
  async again(): Promise<void> {
    for (const lease of [...this.#kept]) await this.release(lease);
  }
}
