/** What a run came to, folded from its journal: a cache, which may be thrown away at any time. */
export interface KeptSummary {
  readonly run: string;
  /** How much of the journal it is of: up to this event. */
  readonly seq: number;
  /** Names the code that made it; what other code made is not taken. */
  readonly maker: string;
  readonly body: string;
}

/** Keeps what runs came to, so that numbers over thousands of runs need not fold every journal again. */
export interface SummaryStore {
  /** Of the runs that fit, those kept; in no order. `since`: created at or after, milliseconds. */
  summaries(filter: {
    readonly workflow?: string | undefined;
    readonly since?: number | undefined;
  }): Promise<readonly KeptSummary[]>;
  /** Takes the places of older ones, all in one transaction; unknown runs are passed over. */
  keepSummaries(kept: readonly KeptSummary[]): Promise<void>;
  /** Returns how many there were. */
  dropSummaries(): Promise<number>;
}
