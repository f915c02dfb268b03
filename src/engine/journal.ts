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
    // Node's own `queueMicrotask` tells of each to whoever watches asynchronous work, which takes longer than most commits.
    if (this.#store.isVolatile && this.#turns % COMMITS_A_TURN !== 0) void Promise.resolve().then(flush);
    else setImmediate(flush);
  }

  readonly #flush = (): void => {
    const writers: Writer[] = [];
    const entries: CommitEntry[] = [];
    for (const writer of this.#dirty) {
      const entry = writer.take();
      if (entry === undefined) continue;
      writers.push(writer);
      entries.push(entry);
    }
    this.#dirty.clear();
    if (entries.length === 0) {
      this.#isFlushing = false;
      return;
    }
    const ended = (outcomes: readonly CommitOutcome[] | Error) => {
      tell(writers, entries, outcomes);
      if (this.#dirty.size > 0) this.#soon(this.#flush);
      else this.#isFlushing = false;
    };
    this.#store.commit(entries).then(ended, ended);
  };
}

/** What goes wrong with one run is told to that one alone. */
function tell(
  writers: readonly Writer[],
  entries: readonly CommitEntry[],
  outcomes: readonly CommitOutcome[] | Error,
): void {
  for (let at = 0; at < writers.length; at++) {
    const writer = writers[at] as Writer;
    const entry = entries[at] as CommitEntry;
    try {
      writer.committed(entry, outcomes instanceof Error ? outcomes : (outcomes[at] ?? "fenced"));
    } catch (error) {
      writer.committed(entry, error as Error);
    }
  }
}
