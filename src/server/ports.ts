/** What the server asks of the project. The composition root gives it; nothing here knows how it is done. */

import type { Actor } from "../core/approval.js";
import type { ChainFault } from "../core/chain.js";
import type { Diagnostic } from "../core/diagnostic.js";
import type { ParentStage } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { StageView } from "../core/view.js";
import type { ApprovalRow, InboxBody, RunRow, Store, UsedResources } from "../engine/ports.js";
import type { Act } from "../observe/audit/acts.js";
import type { Hold } from "../observe/audit/holds.js";
import type { ScheduleStanding } from "../observe/documents.js";
import type { RunMetrics } from "../observe/run-metrics.js";
import type { NO_RUN } from "./schema/documents.js";

/** A definition of the project by its header, unread. */
export interface DefinitionHeader {
  readonly id: string;
  /** Absolute. */
  readonly file: string;
  readonly title?: string;
  readonly version?: string;
  readonly domain?: string;
}

/** A definition with what reading it found. */
export interface ReadDefinition {
  /** As shown to people. */
  readonly file: string;
  readonly text: string;
  readonly reading: { readonly plan?: Plan; readonly diagnostics: readonly Diagnostic[] };
}

export interface RunAndStages {
  readonly run: RunRow;
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly state: JsonObject;
  readonly stages: readonly StageView[];
  readonly parent: ParentStage | null;
  readonly used?: UsedResources | undefined;
}

export interface StartRequest {
  readonly inputs: JsonObject;
  readonly by: Actor;
  readonly provider?: string;
  readonly priority?: number;
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
}

export interface DecideRequest {
  readonly by: Actor;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
}

interface StatsSource {
  report(filter: { readonly since?: number }): Promise<RunMetrics & { readonly truncated: boolean }>;
}

interface AuditSource {
  /** The newest first. `run`: id, unique prefix or `last`; `after`: what `next` of the page before named. */
  page(
    filter: { readonly run?: string; readonly since?: number; readonly who?: string },
    options: { readonly after?: string; readonly limit: number; readonly engine?: boolean },
  ): Promise<{ readonly items: readonly Act[]; readonly next: string | null }>;
  holds(): Promise<readonly Hold[]>;
  /** Of one run, or of everything. */
  verify(
    run?: string,
  ): Promise<{ readonly runs: number; readonly events: number; readonly faults: readonly ChainFault[] }>;
}

interface SchedulesSource {
  schedules(now: number): Promise<readonly ScheduleStanding[]>;
  /** The next `count` times by the clock, the soonest first. */
  upcoming(now: number, count: number, only?: string): Promise<readonly { readonly id: string; readonly at: number }[]>;
  /** @throws StagecraftError `unknown-schedule` */
  pause(id: string, by: string, now: number): Promise<ScheduleStanding>;
  /** @throws StagecraftError `unknown-schedule` */
  resume(id: string, now: number): Promise<ScheduleStanding>;
}

/** A request for a webhook, unread. */
export interface Delivery {
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

export type ReceivedDelivery =
  | { readonly run: RunRow; readonly created: boolean }
  | { readonly run: null; readonly because: (typeof NO_RUN)[number] };

interface EventSink {
  say(event: { name: string; data: JsonObject; by: string; id?: string }): Promise<{ id: string; delivered: number }>;
  /** @param webhook `workflow/trigger` */
  receive(webhook: string, delivery: Delivery): Promise<ReceivedDelivery>;
}

/** Every method ends in a `StagecraftError` where a person is at fault. */
export interface ServedProject {
  store(): Promise<Store>;
  readonly stats: StatsSource;
  readonly audit: AuditSource;
  scheduler(): Promise<SchedulesSource>;
  readonly events: EventSink;
  definitions(): Promise<readonly DefinitionHeader[]>;
  /** By the file of a header, never by what a client sent. */
  read(file: string): Promise<ReadDefinition>;
  start(file: string, request: StartRequest): Promise<{ readonly run: RunRow; readonly created: boolean }>;
  fork(run: string, stage: string, request: { readonly inputs?: JsonObject; readonly by: Actor }): Promise<RunRow>;
  findRun(wanted: string): Promise<RunRow>;
  view(run: string): Promise<RunAndStages>;
  stageInput(run: string, stage: string): Promise<JsonObject | undefined>;
  findApproval(wanted: string): Promise<ApprovalRow>;
  /** Somebody as they may act now. @throws StagecraftError where that cannot be said */
  whoIs(actor: Actor): Promise<Actor>;
  decide(approval: string, request: DecideRequest): Promise<ApprovalRow>;
  send(run: string, body: InboxBody): Promise<void>;
  /** Somebody asked for something: whoever drives runs here may look. */
  nudge(): void;
}
