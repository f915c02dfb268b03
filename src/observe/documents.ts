import type { ParentStage } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import type { TriggerPlan } from "../core/trigger.js";
import type { StageView } from "../core/view.js";
import type { AlertRow, ApprovalRow, RunRow, ScheduleRow, Store, UsedResources } from "../engine/ports.js";
import type { Act } from "./audit/acts.js";

/** What `--json` prints and the API answers with. Times are RFC 3339, spans are milliseconds. */

export function runDocument(run: RunRow): JsonObject {
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    definition: run.definition,
    status: run.status,
    by: run.by,
    priority: run.priority,
    createdAt: moment(run.createdAt),
    updatedAt: moment(run.updatedAt),
    endedAt: moment(run.endedAt),
    durationMs: run.endedAt === null ? null : run.endedAt - run.createdAt,
    stages: { known: run.stages, ended: run.ended, failed: run.failed },
    waitingFor: run.waitingFor,
    wakeAt: moment(run.wakeAt),
    outputs: run.outputs,
    error: run.error === null ? null : json(run.error),
  };
}

export function stageDocument(stage: StageView): JsonObject {
  const { startedAt, endedAt } = stage;
  return {
    path: stage.path,
    title: stage.title ?? null,
    uses: stage.uses,
    status: stage.status,
    outcome: stage.outcome ?? null,
    attempts: stage.attempts,
    startedAt: moment(startedAt),
    endedAt: moment(endedAt),
    durationMs: startedAt === undefined || endedAt === undefined ? null : endedAt - startedAt,
    outputs: stage.outputs ?? null,
    error: stage.error === undefined ? null : json(stage.error),
    explain: stage.explain ?? null,
    usage: stage.usage === undefined ? null : json(stage.usage),
    waiting: stage.waiting === undefined ? null : json(stage.waiting),
    queue: stage.queue === undefined ? null : json(stage.queue),
    startedRun: stage.started ?? null,
  };
}

export function viewDocument(view: {
  readonly run: RunRow;
  readonly inputs: JsonObject;
  readonly stages: readonly StageView[];
  readonly parent: ParentStage | null;
  readonly used?: UsedResources | undefined;
}): JsonObject {
  const parent = view.parent === null ? null : { ...view.parent };
  const { run, inputs, stages, used } = view;
  const resources = used === undefined ? null : resourcesDocument(used);
  return { ...runDocument(run), parent, inputs, resources, stages: stages.map(stageDocument) };
}

function resourcesDocument({ cpuMs, peakRssBytes, loopDelayMs, isShared }: UsedResources): JsonObject {
  return { cpuMs, peakRssBytes, loopDelayMs, shared: isShared };
}

export function approvalDocument(approval: ApprovalRow): JsonObject {
  return {
    id: approval.id,
    run: approval.run,
    workflow: approval.workflow,
    stage: approval.stage,
    status: approval.status,
    outcome: approval.outcome,
    request: json(approval.request),
    decisions: approval.decisions.map((decision) => ({ ...(json(decision) as JsonObject), at: moment(decision.at) })),
    openedAt: moment(approval.openedAt),
    expiresAt: moment(approval.expiresAt),
    settledAt: moment(approval.settledAt),
  };
}

export function alertDocument(alert: AlertRow): JsonObject {
  const { stage, at, dueAt } = alert;
  return { ...alert, stage: stage ?? null, at: moment(at), dueAt: moment(dueAt) };
}

export function actDocument(act: Act): JsonObject {
  return { ...act, at: moment(act.at) };
}

/** A trigger, and how it stands. */
export interface ScheduleStanding {
  readonly id: string;
  readonly trigger: TriggerPlan;
  readonly row: ScheduleRow;
  /** It is not kept so yet. */
  readonly isNew: boolean;
}

export function scheduleDocument({ id, trigger, row, isNew }: ScheduleStanding): JsonObject {
  return {
    id,
    trigger: triggerDocument(trigger, id),
    nextAt: row.pausedBy === null ? moment(row.nextAt) : null,
    lastAt: moment(row.lastAt),
    lastRun: row.lastRun,
    lastError: row.lastError,
    pausedBy: row.pausedBy,
    // Nothing has looked at it yet: what was said until then it does not hear.
    met: !isNew,
  };
}

/** `0 3 * * * Europe/Berlin`, `inbox/*.csv`, `event paid`, `POST /api/v1/hooks/orders/paid`. */
export function whenOf({ id, trigger }: ScheduleStanding): string {
  switch (trigger.kind) {
    case "file":
      return trigger.file;
    case "event":
      return `event ${trigger.event}`;
    case "webhook":
      return `POST ${hookPath(id)}${trigger.signed === null ? " (unsigned)" : ""}`;
    case "cron":
      return trigger.timezone === "UTC" ? trigger.cron : `${trigger.cron} ${trigger.timezone}`;
  }
}

function triggerDocument(trigger: TriggerPlan, id: string): JsonObject {
  switch (trigger.kind) {
    case "file":
      return { file: trigger.file };
    case "event":
      return { event: trigger.event, overlap: trigger.overlap };
    case "webhook":
      return { webhook: hookPath(id), signed: trigger.signed !== null, overlap: trigger.overlap };
    case "cron":
      return { cron: trigger.cron, timezone: trigger.timezone };
  }
}

function hookPath(id: string): string {
  return `/api/v1/hooks/${id}`;
}

export function moment(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}

/** Our own interfaces are JSON by construction; TypeScript wants an index signature to believe it. */
function json(value: object): Json {
  return value as Json;
}

/** Rows with what queued runs wait for: their turn in a group, or a process that has room for them. */
export async function withReasons(
  store: Pick<Store, "runsAhead">,
  rows: readonly RunRow[],
): Promise<readonly RunRow[]> {
  return Promise.all(
    rows.map(async (row) => {
      if (row.status !== "queued" || row.waitingFor !== null) return row;
      const ahead = (await store.runsAhead(row.id)).length;
      const runs = ahead === 1 ? "one run" : `${ahead} runs`;
      return { ...row, waitingFor: ahead === 0 ? "a process that drives it" : `its turn: ${runs} of its group ahead` };
    }),
  );
}
