// Made from the OpenAPI document by `npm run schemas`.

export interface Metrics {
  readonly since: string;
  /** there were more runs than are counted; the newest are */
  readonly truncated: boolean;
  readonly total: {
    readonly runs: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly open: number;
    readonly successRate: number | null;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly attempts: number;
    readonly retries: number;
    readonly approvals: number;
    readonly approvalP50Ms: number | null;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** of the model calls whose price is known */
    readonly usd: number;
    readonly unpricedCalls: number;
    readonly resources: {
      readonly runs: number;
      /** of these, driven beside others: their part of `cpuMs` is an estimate */
      readonly shared: number;
      readonly cpuMs: number;
      readonly peakRssBytes: number;
      readonly loopDelayMs: number;
    } | null;
  };
  readonly workflows: readonly {
    readonly workflow: string;
    readonly runs: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly open: number;
    readonly successRate: number | null;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly attempts: number;
    readonly retries: number;
    readonly approvals: number;
    readonly approvalP50Ms: number | null;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** of the model calls whose price is known */
    readonly usd: number;
    readonly unpricedCalls: number;
    readonly resources: {
      readonly runs: number;
      /** of these, driven beside others: their part of `cpuMs` is an estimate */
      readonly shared: number;
      readonly cpuMs: number;
      readonly peakRssBytes: number;
      readonly loopDelayMs: number;
    } | null;
  }[];
  readonly stageTypes: readonly {
    /** a stage type */
    readonly uses: string;
    readonly stages: number;
    readonly failed: number;
    readonly attempts: number;
    readonly retries: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
  }[];
  readonly models: readonly {
    readonly provider: string;
    readonly model: string;
    readonly calls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** of the model calls whose price is known */
    readonly usd: number;
    readonly unpriced: number;
  }[];
  readonly days: readonly {
    readonly day: string;
    readonly runs: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
  }[];
}
