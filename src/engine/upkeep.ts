import type { Recorded } from "../core/event.js";
import type { ApprovalRow, RunRow, StoredDefinition } from "./kept.js";
import type { DataKey } from "./key-store.js";

/** All there is of one run, as it goes to an archive and comes back. */
export interface RunRecord {
  readonly run: RunRow;
  readonly definition: StoredDefinition;
  readonly events: readonly Recorded[];
  readonly approvals: readonly ApprovalRow[];
  /** The key of its data, where that is sealed. */
  readonly dataKey?: DataKey;
}

export interface StoreStatus {
  /** What carries it: `sqlite3`, `better-sqlite3`, `memory`. */
  readonly driver: string;
  /** Number of the newest migration it has, and of the newest it had when it was opened (0: it was made then). */
  readonly schema: number;
  readonly schemaBefore: number;
  /** Bytes by part: `file`, `log`, `free`. */
  readonly bytes: Readonly<Record<string, number>>;
  /** As read back from a connection that writes: `synchronous`, `journal_mode`, `foreign_keys`. */
  readonly settings: Readonly<Record<string, string>>;
  /** How many runs stand so, by status; and how many events, payloads and snapshots there are. */
  readonly runs: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * A run's state after event `seq`, so that its journal need not be folded from the beginning. A cache: whoever cannot
 * use it folds the journal.
 */
export interface Snapshot {
  readonly seq: number;
  /** Names the code that folded it and the definition it was folded with. */
  readonly reducer: string;
  readonly body: string;
}

/** What operating a store for years takes. */
export interface Upkeep {
  /** Undefined also where what was kept is damaged. */
  snapshot(run: string): Promise<Snapshot | undefined>;
  /** Takes the place of an older one; an unknown run is passed over. */
  keepSnapshot(run: string, snapshot: Snapshot): Promise<void>;

  status(): Promise<StoreStatus>;
  /** Reads all there is. One line for each thing that is wrong; none: all is well. */
  check(): Promise<readonly string[]>;
  /**
   * A copy of all that is committed, while others write; complete and checked when this returns.
   * @throws StagecraftError `backup-exists`, `backup-unsupported`
   */
  backup(file: string): Promise<void>;
  /**
   * Removes runs with all that belongs to them alone. One that has not ended, is held by a process, is under legal hold
   * or has something in its inbox stays. The audit trail keeps that it was there. Returns the ids of those removed.
   */
  forget(runs: readonly string[], now: number): Promise<readonly string[]>;
  /** Removes large values that nothing refers to any more. Returns how many. */
  sweep(): Promise<number>;
  /** Puts back a run that had ended. @throws StagecraftError `run-exists` */
  adopt(record: RunRecord): Promise<void>;
}
