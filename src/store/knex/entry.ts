import type { Json } from "../../core/json.js";
import type { CommitEntry } from "../../engine/ports.js";
import { patchOf } from "../rules.js";
import { encodeEvents, encodeValue, type Payload } from "./codec.js";
import type { Bindings } from "./database.js";
import { chainEvents, type Head } from "./heads.js";

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
  "head_hash",
] as const;

/** An entry as the database takes it. Made before anything is written, so that what cannot be written is known first. */
export interface EncodedEntry {
  readonly entry: CommitEntry;
  readonly values: Bindings;
  /** Large values of its events and its row. */
  readonly payloads: readonly Payload[];
  readonly opened: readonly { readonly row: CommitEntry["opened"][number]; readonly request: Value }[];
  readonly widened: readonly { readonly id: string; readonly request: Value }[];
  /** Where the journal stands once this is kept. */
  readonly head: Head;
}

type Value = ReturnType<typeof encodeValue>;

/** @param before where the journal stands; undefined with an entry that will be fenced */
export function encodeEntry(entry: CommitEntry, before: Head | undefined): EncodedEntry {
  const payloads: Payload[] = [];
  const { epoch, expectedSeq: seq } = entry;
  const { text, head } = chainEvents(
    before ?? { epoch, seq, hash: "", salt: "" },
    encodeEvents(entry.events, payloads),
  );
  const row = patchOf(entry.row);
  const outputs = encodeValue(row.outputs, payloads);
  const opened = entry.opened.map((row) => ({ row, request: encodeValue(row.request as unknown as Json, payloads) }));
  const widened = entry.widened.map(({ id, request }) => ({
    id,
    request: encodeValue(request as unknown as Json, payloads),
  }));
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
    text,
    head.hash,
  ];
  return { entry, values: values as unknown as Bindings, payloads, opened, widened, head };
}

/** True when the one statement of the hot path says all of it; `takesMessages`: that it also has messages gone. */
export function isPlain({ entry, payloads }: EncodedEntry, takesMessages: boolean): boolean {
  const { opened, closed, widened, consumed, definition, alerts = [] } = entry;
  const rows = [payloads, opened, closed, widened, takesMessages ? [] : consumed, alerts];
  return definition === undefined && rows.every((list) => list.length === 0);
}
