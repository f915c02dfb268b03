import type { RunRow, UsedResources } from "../engine/ports.js";
import { groups, middleAndTail, sumOf } from "./numbers.js";
import type { ModelCounts, RunSummary } from "./run-summary.js";

/** How runs went. Spans are milliseconds; null where no run counts. */
export interface RunCounts {
  readonly runs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Not ended. */
  readonly open: number;
  /** Of those that ended otherwise than by a cancel: 0 to 1. */
  readonly successRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly attempts: number;
  /** Attempts beyond the first of a stage. */
  readonly retries: number;
  /** Approvals that are not open any more, and how long half of them were. */
  readonly approvals: number;
  readonly approvalP50Ms: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the model calls whose price is known. */
  readonly usd: number;
  readonly unpricedCalls: number;
  /** Null where no run was measured. */
  readonly resources: ResourceCounts | null;
}

/** What processes used for the runs that were measured. */
export interface ResourceCounts {
  readonly runs: number;
  /** Of these, how many were driven beside others: an estimate of theirs is in `cpuMs`. */
  readonly shared: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly loopDelayMs: number;
}

export interface WorkflowMetrics extends RunCounts {
  readonly workflow: string;
}

/** One day in UTC, `2026-11-22`. */
export interface DayMetrics {
  readonly day: string;
  readonly runs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** How stages of one type went. */
export interface StageTypeMetrics {
  readonly uses: string;
  readonly stages: number;
  readonly failed: number;
  readonly attempts: number;
  readonly retries: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface RunMetrics {
  readonly total: RunCounts;
  /** The busiest first. */
  readonly workflows: readonly WorkflowMetrics[];
  /** Oldest first; days without a run are left out. */
  readonly days: readonly DayMetrics[];
  /** The most used first. */
  readonly stageTypes: readonly StageTypeMetrics[];
  readonly models: readonly ModelCounts[];
}

/** A run and what it came to so far. */
export interface SummarizedRun {
  readonly run: RunRow;
  readonly summary: RunSummary;
  readonly used?: UsedResources | undefined;
}

export function runMetrics(runs: readonly SummarizedRun[]): RunMetrics {
  const workflows = [...groups(runs, ({ run }) => run.workflow)].map(([workflow, of]) => ({
    workflow,
    ...countsOf(of),
  }));
  const days = [...groups(runs, ({ run }) => new Date(run.createdAt).toISOString().slice(0, 10))].map(([day, of]) => {
    const { runs: count, succeeded, failed, p50Ms, p95Ms } = endsOf(of.map(({ run }) => run));
    return { day, runs: count, succeeded, failed, p50Ms, p95Ms };
  });
  return {
    total: countsOf(runs),
    workflows: workflows.sort((a, b) => b.runs - a.runs || (a.workflow < b.workflow ? -1 : 1)),
    days: days.sort((a, b) => (a.day < b.day ? -1 : 1)),
    stageTypes: stageTypesOf(runs),
    models: modelsOf(runs),
  };
}

function countsOf(runs: readonly SummarizedRun[]): RunCounts {
  const stages = runs.flatMap(({ summary }) => summary.stages);
  const models = runs.flatMap(({ summary }) => summary.models);
  const waits = runs.flatMap(({ summary }) => summary.approvalWaits);
  const attempts = sumOf(stages, (one) => one.attempts);
  return {
    ...endsOf(runs.map(({ run }) => run)),
    attempts,
    retries: Math.max(0, attempts - sumOf(stages, (one) => one.stages)),
    approvals: waits.length,
    approvalP50Ms: middleAndTail(waits).p50Ms,
    inputTokens: sumOf(models, ({ inputTokens }) => inputTokens),
    outputTokens: sumOf(models, ({ outputTokens }) => outputTokens),
    usd: sumOf(models, ({ usd }) => usd),
    unpricedCalls: sumOf(models, ({ unpriced }) => unpriced),
    resources: resourcesOf(runs.flatMap(({ used }) => used ?? [])),
  };
}

function resourcesOf(used: readonly UsedResources[]): ResourceCounts | null {
  if (used.length === 0) return null;
  return {
    runs: used.length,
    shared: used.filter(({ isShared }) => isShared).length,
    cpuMs: sumOf(used, ({ cpuMs }) => cpuMs),
    peakRssBytes: used.reduce((most, { peakRssBytes }) => Math.max(most, peakRssBytes), 0),
    loopDelayMs: used.reduce((most, { loopDelayMs }) => Math.max(most, loopDelayMs), 0),
  };
}

type Ends = Pick<RunCounts, "runs" | "succeeded" | "failed" | "cancelled" | "open" | "successRate" | "p50Ms" | "p95Ms">;

function endsOf(runs: readonly RunRow[]): Ends {
  const ended = runs.filter(({ endedAt }) => endedAt !== null);
  const succeeded = ended.filter(({ status }) => status === "succeeded").length;
  const cancelled = ended.filter(({ status }) => status === "cancelled").length;
  const failed = ended.length - succeeded - cancelled;
  return {
    runs: runs.length,
    succeeded,
    failed,
    cancelled,
    open: runs.length - ended.length,
    successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    ...middleAndTail(ended.map(({ createdAt, endedAt }) => (endedAt as number) - createdAt)),
  };
}

function stageTypesOf(runs: readonly SummarizedRun[]): readonly StageTypeMetrics[] {
  const byType = groups(
    runs.flatMap(({ summary }) => summary.stages),
    ({ uses }) => uses,
  );
  const rows = [...byType].map(([uses, of]) => {
    const stages = sumOf(of, (one) => one.stages);
    const attempts = sumOf(of, (one) => one.attempts);
    const failed = sumOf(of, (one) => one.failed);
    const retries = Math.max(0, attempts - stages);
    return { uses, stages, failed, attempts, retries, ...middleAndTail(of.flatMap(({ spans }) => spans)) };
  });
  return rows.sort((a, b) => b.stages - a.stages || (a.uses < b.uses ? -1 : 1));
}

function modelsOf(runs: readonly SummarizedRun[]): readonly ModelCounts[] {
  const byModel = groups(
    runs.flatMap(({ summary }) => summary.models),
    ({ provider, model }) => JSON.stringify([provider, model]),
  );
  const rows = [...byModel.values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    return {
      provider: first.provider,
      model: first.model,
      calls: sumOf(of, ({ calls }) => calls),
      inputTokens: sumOf(of, ({ inputTokens }) => inputTokens),
      outputTokens: sumOf(of, ({ outputTokens }) => outputTokens),
      usd: sumOf(of, ({ usd }) => usd),
      unpriced: sumOf(of, ({ unpriced }) => unpriced),
    };
  });
  return rows.sort((a, b) => b.usd - a.usd || b.calls - a.calls);
}
