import type { Json } from "../../core/json.js";
import type { CommitEntry } from "../../engine/ports.js";
import { patchOf } from "../rules.js";
import { encodeEvents, encodeValue, type Payload } from "./codec.js";
import type { Bindings } from "./database.js";

/** The columns of the view `commits`, in the order of `EncodedEntry.values`. */
export const ENTRY_COLUMNS = [
  "run",
  "epoch",
  "expected_seq",
  "events_count",
  "lease_until",
  "status",
  "updated_at",
  "ended_at",
  "stages",
  "ended",
  "failed",
  "wake_at",
  "waiting_for",
  "outputs",
  "outputs_ref",
  "error",
  "events",
] as const;

/** An entry as the database takes it. Made before anything is written, so that what cannot be written is known first. */
export interface EncodedEntry {
  readonly entry: CommitEntry;
  readonly values: Bindings;
  /** Large values of its events and its row. */
  readonly payloads: readonly Payload[];
  readonly opened: readonly { readonly row: CommitEntry["opened"][number]; readonly request: Value }[];
}

type Value = ReturnType<typeof encodeValue>;

export function encodeEntry(entry: CommitEntry): EncodedEntry {
  const payloads: Payload[] = [];
  const row = patchOf(entry.row);
  const outputs = encodeValue(row.outputs, payloads);
  const opened = entry.opened.map((row) => ({ row, request: encodeValue(row.request as unknown as Json, payloads) }));
  const values = [
    entry.run,
    entry.epoch,
    entry.expectedSeq,
    entry.events.length,
    entry.leaseUntil,
    row.status,
    row.updatedAt,
    row.endedAt,
    row.stages,
    row.ended,
    row.failed,
    row.wakeAt,
    row.waitingFor,
    outputs.text,
    outputs.ref,
    row.error === null ? null : JSON.stringify(row.error),
    encodeEvents(entry.events, payloads),
  ];
  return { entry, values: values as unknown as Bindings, payloads, opened };
}

/** True when the one statement of the hot path says all of it. */
export function isPlain({ entry, payloads }: EncodedEntry): boolean {
  const { opened, closed, consumed, definition } = entry;
  const rows = payloads.length + opened.length + closed.length + consumed.length;
  return rows === 0 && definition === undefined;
}
