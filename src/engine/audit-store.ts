import type { AuditEntry, AuditHead, KeptAuditEntry, NewAuditEntry } from "../core/audit.js";
import type { RunChain } from "../core/chain.js";

export interface AuditFilter {
  readonly run?: string;
  /** At or after: milliseconds. */
  readonly since?: number;
}

/** What a store keeps to prove what happened. Nothing but `eraseRun` of the store changes what is there. */
export interface AuditStore {
  /** A run's journal rows as they are found, beside what they were. Undefined: there is no such run. */
  readChain(run: string): Promise<RunChain | undefined>;
  /** Appends to the trail; durable when it returns. */
  recordAudit(entry: NewAuditEntry): Promise<AuditEntry>;
  /** In order. */
  readAudit(filter: AuditFilter): Promise<readonly AuditEntry[]>;
  /** The whole trail as it is found. */
  readTrail(): Promise<{ readonly entries: readonly KeptAuditEntry[]; readonly head: AuditHead }>;
  /**
   * Takes what people and stages said out of a run that has ended, so that its chain can still be proven and its course
   * still be told. @returns how many events there are @throws StagecraftError `unknown-run`, `run-not-ended`, `run-held`
   */
  eraseRun(run: string, by: string, reason: string, at: number): Promise<number>;
  /** Is the run under a legal hold: nothing of it may be erased or thrown away? */
  isHeld(run: string): Promise<boolean>;
}
