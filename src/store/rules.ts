/** What every store agrees on, whatever it keeps things in. */
import type { Decision } from "../core/approval.js";
import { bug, StagecraftError } from "../core/errors.js";
import type { Event, RunStatus, Waiting } from "../core/event.js";
import type { Json } from "../core/json.js";
import { agrees } from "../core/outside.js";
import { checkPayload, isSmallPayload } from "../core/payload.js";
import { isSealed, SEALED } from "../core/sealed.js";
import type {
  ApprovalRow,
  CommitEntry,
  Emission,
  InboxBody,
  NewOccurrence,
  NewRun,
  RunPatch,
  RunRow,
} from "../engine/ports.js";

/** Statuses in which a run has something to do though nobody calls. */
export const ACTIVE: readonly RunStatus[] = ["queued", "running", "rollingBack"];

/** A minute of waiting is worth a point of priority: milliseconds. */
export const POINT_MS = 60_000;

/**
 * A run that has something to do. `urgency`: its priority, or the highest of all that wait where it has waited a minute for
 * each point that it lacks. `turn`: which one it is among those of its workflow that are as urgent, the oldest is 1.
 */
export interface Candidate {
  readonly id: string;
  readonly workflow: string;
  readonly urgency: number;
  readonly turn: number | string;
}

/**
 * Who comes next: the most urgent; and among them, as many runs of one workflow as of another are driven at a time, or as
 * many as there are. A thousand runs of one do not keep a single run of another waiting. Equal ones in the order given.
 */
export function inTurn(waiting: readonly Candidate[], held: ReadonlyMap<string, number>): readonly string[] {
  const place = ({ workflow, turn }: Candidate) => Number(turn) + (held.get(workflow) ?? 0);
  const order = (a: Candidate, b: Candidate) => b.urgency - a.urgency || place(a) - place(b);
  return [...waiting].sort(order).map(({ id }) => id);
}

const UNDONE: ReadonlySet<string> = new Set(["skipped", "failed", "omitted", "cancelled"]);

/**
 * True when `event` says that a stage did its work: it succeeded, or ended with an outcome of its own such as `approved`.
 * A failed, cancelled, omitted or skipped instance may run again when a person says so; one that did its work may not.
 */
export function isWorkDone(event: Event): event is Extract<Event, { type: "stageEnded" }> {
  return event.type === "stageEnded" && !UNDONE.has(event.outcome);
}

/** The list row of a run just created. */
export function firstRow(run: NewRun): RunRow {
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    definition: run.definition,
    status: "queued",
    by: run.by,
    priority: run.priority ?? 0,
    createdAt: run.at,
    updatedAt: run.at,
    endedAt: null,
    stages: 0,
    ended: 0,
    failed: 0,
    wakeAt: null,
    waitingFor: null,
    outputs: null,
    error: null,
    idempotencyKey: run.idempotencyKey ?? null,
    headSeq: run.events.length,
    owner: null,
    leaseUntil: null,
    epoch: 0,
  };
}

/** The fields of a patch and no others, whatever the caller's object carries besides. */
export function patchOf(row: RunPatch): RunPatch {
  const { status, updatedAt, endedAt, stages, ended, failed, wakeAt, waitingFor, outputs, error } = row;
  return { status, updatedAt, endedAt, stages, ended, failed, wakeAt, waitingFor, outputs, error };
}

/** The fields of an event that may carry a person's or a stage's data: all but its type, time and place. */
export function eachDataField(event: Event, visit: (name: string, value: Json) => void): void {
  const fields = event as unknown as Readonly<Record<string, Json | undefined>>;
  for (const name of Object.keys(fields)) {
    if (name === "type" || name === "at" || name === "stage") continue;
    const value = fields[name];
    if (value !== undefined) visit(name, value);
  }
}

/** What is sealed was measured before, and is longer now. @throws StagecraftError `payload-too-large` */
function checkValue(what: () => string, value: Json): void {
  const wasMeasured = isSealed(value) || (typeof value === "string" && value.startsWith(SEALED));
  if (!wasMeasured) checkPayload(what, value);
}

/** @throws StagecraftError `payload-too-large` */
export function checkEvents(events: readonly Event[]): void {
  for (let at = 0; at < events.length; at++) {
    const event = events[at] as Event;
    // Most are small as a whole, and need not be taken apart.
    if (isSmallPayload(event as unknown as Json)) continue;
    eachDataField(event, (name, value) => checkValue(() => `${name} of ${placeOf(event)}`, value));
  }
}

function placeOf(event: Event): string {
  return "stage" in event && event.stage !== undefined ? `stage ${event.stage}` : event.type;
}

/** @throws StagecraftError `payload-too-large` */
export function checkEntry(entry: CommitEntry): void {
  checkEvents(entry.events);
  if (entry.row.outputs !== null) checkValue(() => `the outputs of run ${entry.run}`, entry.row.outputs);
  if (entry.opened.length + entry.widened.length === 0) return;
  for (const row of [...entry.opened, ...entry.widened])
    checkValue(() => `the request of approval ${row.id}`, row.request as unknown as Json);
}

/** @throws StagecraftError `payload-too-large` */
export function checkBody(body: InboxBody): void {
  checkValue(() => `the data of this ${body.type}`, body as unknown as Json);
}

export function doneTwice(run: string, stage = "one"): StagecraftError {
  return bug(`a stage (${stage}) of run ${run} did its work already and was about to be recorded as doing it again`);
}

export function approvalTaken(id = "of this id"): StagecraftError {
  return bug(`there is already an approval ${id}`);
}

export function unknownRun(id: string): StagecraftError {
  return new StagecraftError("unknown-run", `there is no run ${id}`, {
    help: "List the runs with: stagecraft runs ls",
  });
}

/** @throws StagecraftError `run-not-ended`, `run-held` */
export function refuseErasure(run: string, { isEnded, isHeld }: { isEnded: boolean; isHeld: boolean }): void {
  if (isHeld) {
    const help = `stagecraft audit release ${run} --reason …`;
    throw new StagecraftError("run-held", `run ${run} is under legal hold`, { kind: "denied", help });
  }
  if (isEnded) return;
  const help = `Wait for its end, or: stagecraft cancel ${run}`;
  throw new StagecraftError("run-not-ended", `run ${run} still needs its data`, { help });
}

export function unknownApproval(id: string): StagecraftError {
  return new StagecraftError("unknown-approval", `there is no approval ${id}`, {
    help: "List the open ones with: stagecraft approvals ls",
  });
}

export function unknownDefinition(hash: string): StagecraftError {
  return new StagecraftError("unknown-definition", `definition ${hash} is not in the store`, { kind: "bug" });
}

export function runExists(id: string): StagecraftError {
  return new StagecraftError("run-exists", `there is already a run ${id}`, { help: "Give the new run another id." });
}

export function groupFull(group: string, limit: number): StagecraftError {
  const runs = limit === 1 ? "a run" : `${limit} runs`;
  return new StagecraftError("group-full", `${runs} of the group ${group} must end first`, {
    kind: "denied",
    help: "stagecraft runs ls",
  });
}

export function unsupportedBackup(): StagecraftError {
  return new StagecraftError("backup-unsupported", "this store is kept in memory: there is nothing to copy", {
    help: "Name a file with --db.",
  });
}

/** Does this wait end by the event? */
export function hears({ event }: Waiting, { name, data, sealed }: Pick<Emission, "name" | "data" | "sealed">): boolean {
  if (event?.name !== name) return false;
  return agrees(event.match, data) || (sealed !== undefined && agrees(event.match, sealed.marks));
}

/** The inbox message that carries an event. */
export function eventBody({ name, data, by, sealed }: Emission): InboxBody {
  const plain = { type: "event", name, by } as const;
  return sealed === undefined ? { ...plain, data } : ({ ...plain, data: null, sealed: sealed.text } as InboxBody);
}

/** An event as it is kept for triggers. */
export function occurrenceOf({ key, name, data, by, hops, sealed }: Emission, at: number): NewOccurrence {
  return { key, source: "event", name, data: sealed?.text ?? data, by, at, hops };
}

/** The inbox message that carries a decision. */
export function decisionBody(row: Pick<ApprovalRow, "id" | "stage">, decision: Decision): InboxBody {
  return { type: "decision", approval: row.id, stage: row.stage, decision };
}
