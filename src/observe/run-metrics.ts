import type { RunRow } from "../engine/ports.js";

/** How the runs of one workflow went. Spans are milliseconds; null where no run counts. */
export interface WorkflowMetrics {
  readonly workflow: string;
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

export interface RunMetrics {
  readonly total: Omit<WorkflowMetrics, "workflow">;
  /** The busiest first. */
  readonly workflows: readonly WorkflowMetrics[];
  /** Oldest first; days without a run are left out. */
  readonly days: readonly DayMetrics[];
}

export function runMetrics(runs: readonly RunRow[]): RunMetrics {
  const workflows = [...groups(runs, ({ workflow }) => workflow)].map(([workflow, of]) => ({
    workflow,
    ...countsOf(of),
  }));
  const days = [...groups(runs, ({ createdAt }) => new Date(createdAt).toISOString().slice(0, 10))].map(([day, of]) => {
    const { runs: count, succeeded, failed, p50Ms, p95Ms } = countsOf(of);
    return { day, runs: count, succeeded, failed, p50Ms, p95Ms };
  });
  return {
    total: countsOf(runs),
    workflows: workflows.sort((a, b) => b.runs - a.runs || (a.workflow < b.workflow ? -1 : 1)),
    days: days.sort((a, b) => (a.day < b.day ? -1 : 1)),
  };
}

function countsOf(runs: readonly RunRow[]): Omit<WorkflowMetrics, "workflow"> {
  const ended = runs.filter(({ endedAt }) => endedAt !== null);
  const succeeded = ended.filter(({ status }) => status === "succeeded").length;
  const cancelled = ended.filter(({ status }) => status === "cancelled").length;
  const failed = ended.length - succeeded - cancelled;
  const spans = ended.map(({ createdAt, endedAt }) => (endedAt as number) - createdAt).sort((a, b) => a - b);
  return {
    runs: runs.length,
    succeeded,
    failed,
    cancelled,
    open: runs.length - ended.length,
    successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    p50Ms: quantile(spans, 0.5),
    p95Ms: quantile(spans, 0.95),
  };
}

/** The smallest span that so large a part of all is not above. */
function quantile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group === undefined) found.set(keyOf(item), [item]);
    else group.push(item);
  }
  return found;
}
