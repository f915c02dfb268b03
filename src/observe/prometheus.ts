import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Usage } from "../core/event.js";
import type { RunRow, UsedResources } from "../engine/ports.js";
import type { RunSummary } from "./run-summary.js";

/** Seconds: from a transform to a person's week. */
const SPANS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800, 3_600, 14_400, 86_400, 604_800];

/** How things stand in the store, over all processes. */
export interface Standing {
  /** Runs that have not ended, by status. */
  readonly open: Readonly<Record<string, number>>;
  readonly approvals: number;
  readonly alerts: Readonly<Record<"pending" | "dead", number>>;
}

/** The numbers of one process in the form Prometheus reads. No label holds an id of a run: series must stay few. */
export interface Exposition {
  runEnded(run: RunRow, summary: RunSummary): void;
  modelCalled(workflow: string, usage: Usage): void;
  /** What this process used while it drove a run of the workflow. */
  resourcesUsed(workflow: string, used: UsedResources): void;
  text(standing: Standing): Promise<string>;
  readonly contentType: string;
}

/** Loads prom-client: only processes that are asked for numbers pay for it. */
export async function openExposition(): Promise<Exposition> {
  const prometheus = await import("prom-client");
  const registry = new prometheus.Registry();
  // Processor time, memory, event-loop delay, garbage collection.
  prometheus.collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new prometheus.Counter({ name: `stagecraft_${name}`, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new prometheus.Gauge({ name: `stagecraft_${name}`, help, labelNames, registers: [registry] });
  const histogram = (name: string, help: string, ...labelNames: string[]) =>
    new prometheus.Histogram({ name: `stagecraft_${name}`, help, labelNames, buckets: SPANS, registers: [registry] });
  const ofRuns = runInstruments(counter, histogram);
  const ofModels = modelInstruments(counter);
  const stands = standingInstruments(gauge);
  return {
    runEnded: ofRuns,
    modelCalled: ofModels,
    resourcesUsed: resourceInstruments(counter, gauge),
    contentType: registry.contentType,
    text: (standing) => expose(registry, stands, standing),
  };
}

type MakeCounter = (name: string, help: string, ...labels: string[]) => Counter;
type MakeHistogram = (name: string, help: string, ...labels: string[]) => Histogram;
type MakeGauge = (name: string, help: string, ...labels: string[]) => Gauge;

function runInstruments(counter: MakeCounter, histogram: MakeHistogram): Exposition["runEnded"] {
  const runs = counter("runs_total", "Runs that ended", "workflow", "status");
  const span = histogram("run_duration_seconds", "From creation to end", "workflow", "status");
  const stages = counter("stages_total", "Stages that began, of ended runs", "workflow", "type");
  const failures = counter("stage_failures_total", "Stages that failed, of ended runs", "workflow", "type");
  const attempts = counter("stage_attempts_total", "Attempts, of ended runs", "workflow", "type");
  const lost = counter("stage_attempts_lost_total", "Attempts whose process died, of ended runs", "workflow", "type");
  const stageSpan = histogram("stage_duration_seconds", "First attempt to end, of ended runs", "workflow", "type");
  const waits = histogram("approval_wait_seconds", "How long approvals were open, of ended runs", "workflow");
  const limited = counter("rate_limited_total", "Times a stage waited for its turn, of ended runs", "workflow");
  return ({ workflow, status, createdAt, endedAt, updatedAt }, summary) => {
    runs.inc({ workflow, status });
    span.observe({ workflow, status }, ((endedAt ?? updatedAt) - createdAt) / 1_000);
    for (const { uses: type, ...of } of summary.stages) {
      stages.inc({ workflow, type }, of.stages);
      failures.inc({ workflow, type }, of.failed);
      attempts.inc({ workflow, type }, of.attempts);
      lost.inc({ workflow, type }, of.lost);
      for (const ms of of.spans) stageSpan.observe({ workflow, type }, ms / 1_000);
    }
    for (const ms of summary.approvalWaits) waits.observe({ workflow }, ms / 1_000);
    limited.inc({ workflow }, summary.queued);
  };
}

function modelInstruments(counter: MakeCounter): Exposition["modelCalled"] {
  const labels = ["workflow", "provider", "model"];
  const calls = counter("llm_calls_total", "Calls of models", ...labels);
  const tokens = counter("llm_tokens_total", "Tokens of models", ...labels, "direction");
  const cost = counter("llm_cost_usd_total", "Money, of calls whose price is known", ...labels);
  const unpriced = counter("llm_unpriced_calls_total", "Calls whose price is not known", ...labels);
  return (workflow, { provider, model, inputTokens, outputTokens, usd }) => {
    const of = { workflow, provider, model };
    calls.inc(of);
    tokens.inc({ ...of, direction: "input" }, inputTokens);
    tokens.inc({ ...of, direction: "output" }, outputTokens);
    cost.inc(of, usd ?? 0);
    unpriced.inc(of, usd === null ? 1 : 0);
  };
}

function resourceInstruments(counter: MakeCounter, gauge: MakeGauge): Exposition["resourcesUsed"] {
  const cpu = counter("workflow_cpu_seconds_total", "Processor time spent on runs, by its events", "workflow");
  const memory = gauge("workflow_memory_bytes", "Memory of the process when it last drove a run", "workflow");
  const delay = gauge("workflow_loop_delay_seconds", "Longest event-loop delay when it last drove a run", "workflow");
  return (workflow, { cpuMs, peakRssBytes, loopDelayMs }) => {
    cpu.inc({ workflow }, cpuMs / 1_000);
    memory.set({ workflow }, peakRssBytes);
    delay.set({ workflow }, loopDelayMs / 1_000);
  };
}

interface StandingInstruments {
  readonly open: Gauge;
  readonly queue: Gauge;
  readonly approvals: Gauge;
  readonly alerts: Gauge;
}

function standingInstruments(gauge: MakeGauge): StandingInstruments {
  return {
    open: gauge("runs_open", "Runs that have not ended, in the store", "status"),
    queue: gauge("queue_depth", "Runs that wait for a process or their turn, in the store"),
    approvals: gauge("approvals_pending", "Approvals nobody has settled, in the store"),
    alerts: gauge("alerts_unsent", "Alerts on their way, and given up, in the store", "status"),
  };
}

async function expose(registry: Registry, to: StandingInstruments, { open, approvals, alerts }: Standing) {
  to.open.reset();
  for (const [status, count] of Object.entries(open)) to.open.set({ status }, count);
  to.queue.set(open["queued"] ?? 0);
  to.approvals.set(approvals);
  for (const [status, count] of Object.entries(alerts)) to.alerts.set({ status }, count);
  return registry.metrics();
}
