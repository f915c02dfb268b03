import { fold } from "../core/apply.js";
import type { Event, Usage } from "../core/event.js";
import type { Plan } from "../core/plan.js";
import { groups, sumOf } from "./numbers.js";

/** Grows when what is counted changes: kept summaries of another number are made anew. */
export const SUMMARY_MAKER = "1";

/** How the stages of one type went in a run. */
export interface StageTypeCounts {
  /** The stage type: `agent`, `http`. */
  readonly uses: string;
  /** Instances that began. */
  readonly stages: number;
  readonly failed: number;
  readonly attempts: number;
  /** Attempts whose process died. */
  readonly lost: number;
  /** How long those that ended took from their first attempt on: milliseconds. */
  readonly spans: readonly number[];
}

/** What the calls of one model used in a run. */
export interface ModelCounts {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the calls whose price is known. */
  readonly usd: number;
  readonly unpriced: number;
}

/** What one run came to. */
export interface RunSummary {
  readonly stages: readonly StageTypeCounts[];
  readonly models: readonly ModelCounts[];
  /** How long approvals were open that are not any more: milliseconds. */
  readonly approvalWaits: readonly number[];
  /** How often a stage had to wait for its turn at a limit. */
  readonly queued: number;
}

/** Of a run as far as its journal goes. */
export function summarize(plan: Plan, events: readonly Event[]): RunSummary {
  const begun = [...fold(plan, events).stages.values()].filter(({ startedAt }) => startedAt !== null);
  return {
    stages: [...groups(begun, ({ plan: { uses } }) => uses)].map(([uses, stages]) => ({
      uses,
      stages: stages.length,
      failed: stages.filter(({ outcome }) => outcome === "failed").length,
      attempts: sumOf(stages, ({ attempts }) => attempts),
      lost: sumOf(stages, ({ losses }) => losses),
      spans: stages.flatMap(({ startedAt, endedAt }) =>
        startedAt === null || endedAt === null ? [] : [endedAt - startedAt],
      ),
    })),
    models: modelsOf(events),
    approvalWaits: approvalWaits(events),
    queued: events.filter(({ type }) => type === "stageQueued").length,
  };
}

/** Each call once: what a stage says at its end sums up the calls it recorded. */
function modelsOf(events: readonly Event[]): readonly ModelCounts[] {
  const used: Usage[] = [];
  const told = new Set<string>();
  for (const event of events) {
    if ((event.type !== "stepRecorded" && event.type !== "stageEnded") || event.usage === undefined) continue;
    if (event.type === "stepRecorded") told.add(event.stage);
    else if (told.has(event.stage)) continue;
    used.push(event.usage);
  }
  return [...groups(used, ({ provider, model }) => JSON.stringify([provider, model]))].map(([key, calls]) => {
    const [provider, model] = JSON.parse(key) as [string, string];
    return {
      provider,
      model,
      calls: calls.length,
      inputTokens: sumOf(calls, ({ inputTokens }) => inputTokens),
      outputTokens: sumOf(calls, ({ outputTokens }) => outputTokens),
      usd: sumOf(calls, ({ usd }) => usd ?? 0),
      unpriced: calls.filter(({ usd }) => usd === null).length,
    };
  });
}

function approvalWaits(events: readonly Event[]): readonly number[] {
  const opened = new Map<string, number>();
  const waits: number[] = [];
  for (const event of events) {
    if (event.type === "stageWaiting" && event.waiting.approval !== undefined) opened.set(event.stage, event.at);
    if (event.type !== "stageEnded") continue;
    const at = opened.get(event.stage);
    if (at !== undefined) waits.push(event.at - at);
    opened.delete(event.stage);
  }
  return waits;
}
