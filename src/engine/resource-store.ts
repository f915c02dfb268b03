/** What processes used while they drove a run: measured from outside, and no part of its journal. */
export interface UsedResources {
  readonly run: string;
  /** Processor time: milliseconds. Of a time in which several runs were driven, the run's part by its events. */
  readonly cpuMs: number;
  /** The most memory of a process that drove it, all that was in it included: bytes. */
  readonly peakRssBytes: number;
  /** The longest that anything had to wait for the event loop of a process that drove it: milliseconds. */
  readonly loopDelayMs: number;
  /** Other runs were driven beside it at some time, so `cpuMs` is an estimate, and others may have caused the rest. */
  readonly isShared: boolean;
}

export interface ResourceStore {
  /** To what is kept of each run already; unknown runs are passed over. */
  addResources(used: readonly UsedResources[]): Promise<void>;
  /** Of the runs that fit, those measured; in no order. `since`: created at or after, milliseconds. */
  resources(filter: {
    readonly run?: string | undefined;
    readonly workflow?: string | undefined;
    readonly since?: number | undefined;
  }): Promise<readonly UsedResources[]>;
}
