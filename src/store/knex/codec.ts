import { StagecraftError } from "../../core/errors.js";
import type { Event, EventType } from "../../core/event.js";
import type { Json } from "../../core/json.js";
import { sha256 } from "../digest.js";
import { eachDataField, isWorkDone } from "../rules.js";

/** A value too large to stand in a row, kept once whatever number of rows refer to it. */
export interface Payload {
  /** sha256 of the body, hex. */
  readonly hash: string;
  readonly body: string;
}

/** `type`, `stage`, `at`, the other fields as JSON, and which of them are payloads: `{ field: hash }` as JSON. */
type EventCells = readonly [type: number, stage: string | null, at: number, data: string | null, refs: string | null];

/** Characters of JSON that may stand in a row. */
const INLINE = 4096;

/** In the file by its place in this list: append only. `stageEnded` stands twice, so that the file can tell work done. */
const TYPES: readonly EventType[] = [
  "runStarted",
  "stageStarted",
  "scopeOpened",
  "stageWaiting",
  "decisionMade",
  "stepRecorded",
  "attemptFailed",
  "attemptLost",
  "stageEnded",
  "stageEnded",
  "runPaused",
  "runResumed",
  "stageRetried",
  "cancelRequested",
  "rollbackStarted",
  "compensationStarted",
  "compensationFailed",
  "compensated",
  "runEnding",
  "runEnded",
  "iterationOpened",
  "stageClosing",
  "finallyOpened",
  "runReopened",
  "runForked",
  "runMigrated",
  "stageQueued",
  "approvalReminded",
  "approvalEscalated",
  "approversNotified",
  "budgetRaised",
];

/** The code of a `stageEnded` that did its work; the guard in the schema names it. */
const WORK_DONE = TYPES.indexOf("stageEnded");
const NOT_DONE = TYPES.lastIndexOf("stageEnded");

/** The code of a `stageWaiting`; an index in the schema names it. */
export const WAITING = TYPES.indexOf("stageWaiting");

const CODES = new Map(TYPES.map((type, code) => [type, code]));

/** The cells of each event as JSON; what is large goes to `payloads`. */
export function encodeEvents(events: readonly Event[], payloads: Payload[]): readonly string[] {
  return events.map((event) => JSON.stringify(encodeEvent(event, payloads)));
}

function encodeEvent(event: Event, payloads: Payload[]): EventCells {
  const stage = "stage" in event && event.stage !== undefined ? event.stage : null;
  // `runPaused` may do without its stage, so the column tells all there is.
  const { type: _type, at: _at, stage: _stage, ...rest } = event as Event & { stage?: string };
  const whole = JSON.stringify(rest);
  if (whole.length <= INLINE) return [codeOf(event), stage, event.at, whole === "{}" ? null : whole, null];
  const inline: string[] = [];
  const refs: Record<string, string> = {};
  eachDataField(event, (name, value) => {
    const text = JSON.stringify(value);
    if (text.length <= INLINE) inline.push(`${JSON.stringify(name)}:${text}`);
    else refs[name] = setAside(text, payloads);
  });
  return [codeOf(event), stage, event.at, `{${inline.join(",")}}`, JSON.stringify(refs)];
}

function codeOf(event: Event): number {
  if (event.type === "stageEnded") return isWorkDone(event) ? WORK_DONE : NOT_DONE;
  return CODES.get(event.type)!;
}

/** Large values of one page: hash → body. */
export type Bodies = ReadonlyMap<string, string>;

/** Of a row that may have been tampered with, so anything goes. */
export function typeOfCode(code: number): string {
  return TYPES[code] ?? `an event of unknown type ${code}`;
}

/** The event of a row. @throws StagecraftError `store-corrupt` */
export function decodeEvent(
  code: number,
  stage: string | null,
  at: number,
  data: object | null,
  refs: Refs | null,
  bodies: Bodies,
): Event {
  const type = TYPES[code];
  if (type === undefined) throw corrupt(`an event of unknown type ${code}`);
  const event = { type, at, ...(stage === null ? undefined : { stage }), ...data } as Record<string, unknown>;
  if (refs !== null) {
    for (const [name, hash] of Object.entries(refs)) event[name] = JSON.parse(bodyOf(hash, bodies));
  }
  return event as unknown as Event;
}

export type Refs = Readonly<Record<string, string>>;

/** A single value for a pair of columns: its JSON, or where it is large the hash of its payload. */
export function encodeValue(
  value: Json,
  payloads: Payload[],
): { readonly text: string | null; readonly ref: string | null } {
  if (value === null) return { text: null, ref: null };
  const text = JSON.stringify(value);
  return text.length <= INLINE ? { text, ref: null } : { text: null, ref: setAside(text, payloads) };
}

export function decodeValue(text: string | null, body: string | null): Json {
  const json = text ?? body;
  return json === null ? null : (JSON.parse(json) as Json);
}

function setAside(body: string, payloads: Payload[]): string {
  const hash = sha256(body);
  payloads.push({ hash, body });
  return hash;
}

function bodyOf(hash: string, bodies: Bodies): string {
  const body = bodies.get(hash);
  if (body === undefined) throw corrupt(`no payload ${hash}`);
  return body;
}

export function corrupt(what: string, cause?: unknown): StagecraftError {
  return new StagecraftError("store-corrupt", `the database is damaged: ${what}`, {
    kind: "environment",
    help: "Keep the file as it is and restore the last backup beside it.",
    cause,
  });
}
