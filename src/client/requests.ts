// Made from the OpenAPI document by `npm run schemas`.

export interface StartRun {
  /** id of a definition of the project */
  readonly definition: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** agent provider that goes before all others */
  readonly provider?: string;
  /** in the place of the definition's: the higher goes first */
  readonly priority?: number;
}

export interface ListRuns {
  /** one or several, with commas between */
  readonly status?: string;
  readonly workflow?: string;
  readonly since?: string;
  readonly before?: string;
  /** beginning of an id */
  readonly id?: string;
  /** cursor: `next` of the page before */
  readonly after?: string;
  readonly limit?: number;
}

export interface ShowStageInput {
  readonly path: string;
}

export interface ListEvents {
  /** seq of the last event already seen */
  readonly after?: number;
  readonly limit?: number;
}

export interface CancelRun {
  readonly reason?: string;
}

export interface PauseRun {
  readonly reason?: string;
}

export interface RetryRun {
  /** without it, everything that failed or is held */
  readonly stage?: string;
}

export interface SkipRun {
  readonly stage: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface RollbackRun {
  readonly reason?: string;
}

export interface ForkRun {
  readonly stage: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

export interface ListApprovals {
  readonly status?: "open" | "decided" | "expired" | "closed" | "all";
  readonly run?: string;
}

export interface DecideApproval {
  /** one of the request's outcomes */
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ListActs {
  /** id, or the beginning of one */
  readonly run?: string;
  readonly since?: string;
  /** a person, an agent or `engine` */
  readonly who?: string;
  /** false leaves out what only followed from what others did */
  readonly engine?: boolean;
  /** cursor: `next` of the page before */
  readonly after?: string;
  readonly limit?: number;
}

export interface VerifyAudit {
  /** id, or the beginning of one; without it, every run */
  readonly run?: string;
}

export interface SayEvent {
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** the same one twice is one event */
  readonly id?: string;
}

export interface SummarizeMetrics {
  readonly since?: string;
}
