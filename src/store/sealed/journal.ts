import type { Recorded } from "../../core/event.js";
import { type Marks, opened, SEALED, sealEvent, sealedText, sealRequest } from "../../core/sealed.js";
import type { CommitEntry, Store } from "../../engine/ports.js";
import { checkEntry } from "../rules.js";
import type { DataKeys } from "./data-keys.js";
import { sealApproval } from "./messages.js";
import { sealPatch } from "./runs.js";
import type { Seal } from "./seal.js";

type Part = Pick<Store, "readEvents" | "commit" | "snapshot" | "keepSnapshot">;

export function journal(behind: Store, keys: DataKeys): Part {
  const sealing: Pick<Store, "commit"> = {
    async commit(entries) {
      for (const entry of entries) checkEntry(entry);
      await keys.load(entries.map(({ run }) => run));
      const kept: CommitEntry[] = [];
      for (const entry of entries) {
        const seal = await keys.of(entry.run);
        const marks = seal && (await keys.shared())?.marks;
        kept.push(seal === undefined || marks === undefined ? entry : sealEntry(entry, seal, marks));
      }
      return behind.commit(kept);
    },
  };
  return {
    async readEvents(run, after, limit) {
      const events = await behind.readEvents(run, after, limit);
      if (!events.some(({ event }) => sealedText(event) !== undefined)) return events;
      const seal = await keys.of(run);
      return seal === undefined ? events : events.map((recorded) => openRecorded(recorded, seal));
    },
    // Most runs are plain, and wait for no more than the store behind.
    commit: (entries) => (entries.every(({ run }) => keys.isPlain(run)) ? behind : sealing).commit(entries),
    async snapshot(run) {
      const kept = await behind.snapshot(run);
      if (kept === undefined || !kept.body.startsWith(SEALED)) return kept;
      const seal = await keys.of(run);
      return seal === undefined ? undefined : { ...kept, body: seal.open(kept.body) };
    },
    async keepSnapshot(run, snapshot) {
      const seal = await keys.of(run);
      await behind.keepSnapshot(run, seal === undefined ? snapshot : { ...snapshot, body: seal.seal(snapshot.body) });
    },
  };
}

function openRecorded({ seq, event }: Recorded, { open }: Seal): Recorded {
  return { seq, event: opened(event, open) };
}

function sealEntry(entry: CommitEntry, seal: Seal, marks: Marks): CommitEntry {
  return {
    ...entry,
    events: entry.events.map((event) => sealEvent(event, seal.seal, marks)),
    row: { ...entry.row, ...sealPatch(entry.row, seal) },
    opened: entry.opened.map((row) => sealApproval(row, seal)),
    widened: entry.widened.map(({ id, request }) => ({ id, request: sealRequest(request, seal.seal) })),
  };
}
