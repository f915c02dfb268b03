// Made from the OpenAPI document by `npm run schemas`.

export interface Session {
  readonly user: string;
  readonly roles: readonly string[];
  readonly may: readonly ("read" | "operate" | "decide")[];
  readonly readOnly: boolean;
}

export interface Run {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  /** hash of the plan */
  readonly definition: string;
  readonly status:
    | "queued"
    | "running"
    | "waiting"
    | "paused"
    | "rollingBack"
    | "succeeded"
    | "failed"
    | "cancelled"
    | "rolledBack"
    | "rollbackFailed";
  /** who started it */
  readonly by: string;
  /** of runs that wait for a process, the higher goes first */
  readonly priority: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly stages: { readonly known: number; readonly ended: number; readonly failed: number };
  readonly waitingFor: string | null;
  readonly wakeAt: string | null;
  readonly outputs: Readonly<Record<string, unknown>> | null;
  readonly error: Failure | null;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** any JSON value */
  readonly details?: unknown;
}

export interface RunPage {
  readonly items: readonly Run[];
  readonly next: string | null;
}

export interface RunView {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  /** hash of the plan */
  readonly definition: string;
  readonly status:
    | "queued"
    | "running"
    | "waiting"
    | "paused"
    | "rollingBack"
    | "succeeded"
    | "failed"
    | "cancelled"
    | "rolledBack"
    | "rollbackFailed";
  /** who started it */
  readonly by: string;
  /** of runs that wait for a process, the higher goes first */
  readonly priority: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly stages: readonly Stage[];
  readonly waitingFor: string | null;
  readonly wakeAt: string | null;
  readonly outputs: Readonly<Record<string, unknown>> | null;
  readonly error: Failure | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  readonly plan: Plan;
  readonly parent: ParentStage | null;
  readonly resources: UsedResources | null;
  /** of the last event this view has in it */
  readonly seq: number;
}

export interface Stage {
  /** such as `pay`, `checks/sanctions`, `load[3]`, `draft#2` */
  readonly path: string;
  readonly title: string | null;
  readonly uses: string;
  readonly status: "pending" | "ready" | "queued" | "running" | "waiting" | "retrying" | "open" | "held" | "ended";
  readonly outcome: string | null;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly outputs: unknown | null;
  readonly error: Failure | null;
  readonly explain: unknown | null;
  readonly usage: Usage | null;
  readonly waiting: Readonly<Record<string, unknown>> | null;
  readonly queue: Readonly<Record<string, unknown>> | null;
  readonly startedRun: string | null;
}

export interface Usage {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
  readonly usd: number | null;
  readonly cachedTokens?: number;
  /** the row of the price table it was worked out with */
  readonly price?: string;
}

export type Plan = Readonly<Record<string, unknown>>;

export interface ParentStage {
  readonly run: string;
  readonly stage: string;
}

export interface UsedResources {
  /** processor time of the processes that drove it */
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  /** the longest wait for the event loop */
  readonly loopDelayMs: number;
  /** driven beside other runs: its processor time is its part by its events */
  readonly shared: boolean;
}

export interface StageInput {
  readonly path: string;
  readonly input: Readonly<Record<string, unknown>> | null;
}

export interface EventPage {
  readonly items: readonly EventRecord[];
  readonly next: string | null;
}

export interface EventRecord {
  /** place in the journal, without gaps */
  readonly seq: number;
  readonly event: {
    readonly type: string;
    /** ms since 1970 */
    readonly at: number;
    readonly [more: string]: unknown;
  };
}

export interface ApprovalList {
  readonly items: readonly Approval[];
}

export interface Approval {
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly stage: string;
  readonly status: "open" | "decided" | "expired" | "closed";
  readonly outcome: string | null;
  readonly request: ApprovalRequest;
  readonly decisions: readonly Decision[];
  readonly openedAt: string;
  readonly expiresAt: string | null;
  readonly settledAt: string | null;
  /** may the one who asks decide it now? */
  readonly mine: boolean;
}

export interface ApprovalRequest {
  readonly title: string;
  readonly message?: string;
  /** any JSON value */
  readonly show?: unknown;
  readonly approvers: readonly string[];
  readonly forbid: readonly string[];
  readonly quorum: { readonly approve: number; readonly reject: number };
  readonly outcomes: readonly string[];
  readonly form?: Readonly<Record<string, unknown>>;
}

export interface Decision {
  readonly by: string;
  readonly via: string;
  readonly at: string;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface DefinitionList {
  readonly items: readonly DefinitionEntry[];
}

export interface DefinitionEntry {
  readonly id: string;
  readonly title: string | null;
  readonly version: string | null;
  readonly domain: string | null;
  readonly errors: number;
  readonly warnings: number;
}

export interface Definition {
  readonly id: string;
  readonly title: string | null;
  readonly version: string | null;
  readonly domain: string | null;
  /** as shown to people */
  readonly file: string;
  /** the YAML */
  readonly source: string;
  readonly findings: readonly Finding[];
  readonly plan: Plan | null;
  readonly inputs: Readonly<Record<string, unknown>> | null;
  readonly optional: readonly string[];
}

export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help?: string;
  readonly file: string;
  readonly range: {
    readonly start: { readonly line: number; readonly column: number; readonly offset: number };
    readonly end: { readonly line: number; readonly column: number; readonly offset: number };
  };
  readonly path: string;
}

export interface ScheduleList {
  readonly items: readonly Schedule[];
}

export interface Schedule {
  /** `workflow/trigger` */
  readonly id: string;
  /** such as `0 3 * * * Europe/Berlin`, `inbox/*.csv`, or `event paid` */
  readonly when: string;
  readonly trigger: Readonly<Record<string, unknown>>;
  readonly nextAt: string | null;
  /** the next times by the clock; none while it is paused */
  readonly upcoming: readonly string[];
  readonly lastAt: string | null;
  readonly lastRun: string | null;
  readonly lastError: string | null;
  readonly pausedBy: string | null;
  /** false: it is new, and hears only what comes from its first look on */
  readonly met: boolean;
}

export interface Said {
  readonly id: string;
  /** runs that waited for it */
  readonly delivered: number;
}

export interface Received {
  readonly run: string | null;
  readonly because: "filtered" | "passedOver" | "queued" | "repeated" | null;
}

export interface Health {
  readonly status: "ok" | "unavailable";
}
