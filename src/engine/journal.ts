import type { CommitEntry, CommitOutcome, Store } from "./ports.js";

/** One run's side of the group commit. */
export interface Writer {
  /** Everything recorded since the last call, or undefined when there is nothing. */
  take(): CommitEntry | undefined;
  /** How the entry last taken fared. After an error nothing of it was kept. */
  committed(entry: CommitEntry, outcome: CommitOutcome | Error): void;
}

/** Commits that wait for nothing between two turns of the event loop. */
const COMMITS_A_TURN = 64;

/**
 * Group commit: what all runs of the process record while a commit is in flight goes as the next one. A commit starts at
 * once when none is in flight; `setImmediate` lets what happens in one turn of the event loop share it, and keeps a
 * synchronous driver from starving timers. Where a commit waits for nothing, what is ready at once shares it, and only
 * now and then a turn is left to timers.
 */
export class Journal {
  readonly #store: Store;
  readonly #dirty = new Set<Writer>();
  #isFlushing = false;
  #turns = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Tells that `writer` has something to commit. */
  wake(writer: Writer): void {
    this.#dirty.add(writer);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#soon(this.#flush);
  }

  #soon(flush: () => void): void {
    this.#turns += 1;
    if (this.#store.isVolatile && this.#turns % COMMITS_A_TURN !== 0) queueMicrotask(flush);
    else setImmediate(flush);
  }

  readonly #flush = async (): Promise<void> => {
    while (this.#dirty.size > 0) {
      const taken: { writer: Writer; entry: CommitEntry }[] = [];
      for (const writer of this.#dirty) {
        const entry = writer.take();
        if (entry !== undefined) taken.push({ writer, entry });
      }
      this.#dirty.clear();
      await this.#commit(taken);
      if (this.#dirty.size > 0) await new Promise<void>((resolve) => this.#soon(resolve));
    }
    this.#isFlushing = false;
  };

  async #commit(taken: readonly { readonly writer: Writer; readonly entry: CommitEntry }[]): Promise<void> {
    if (taken.length === 0) return;
    try {
      const outcomes = await this.#store.commit(taken.map(({ entry }) => entry));
      for (const [at, { writer, entry }] of taken.entries()) writer.committed(entry, outcomes[at] ?? "fenced");
    } catch (error) {
      for (const { writer, entry } of taken) writer.committed(entry, error as Error);
    }
  }
}
