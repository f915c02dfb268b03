import { StagecraftError } from "../../core/errors.js";
import { opened, sealEvent, sealedText, sealFailure } from "../../core/sealed.js";
import type { RunPatch, RunRow, Store } from "../../engine/ports.js";
import { checkEvents } from "../rules.js";
import type { DataKeys } from "./data-keys.js";
import { sealApproval } from "./messages.js";
import type { Seal } from "./seal.js";

type Part = Pick<Store, "createRun" | "getRun" | "listRuns" | "eraseRun" | "forget" | "adopt">;

export function runs(behind: Store, keys: DataKeys): Part {
  return {
    async createRun(run) {
      checkEvents(run.events);
      const made = keys.make(run.id);
      const marks = made && (await keys.shared())?.marks;
      if (made === undefined || marks === undefined) return behind.createRun(run);
      const { seal, dataKey } = made;
      const events = run.events.map((event) => sealEvent(event, seal.seal, marks));
      const { run: row, created } = await behind.createRun({ ...run, events, dataKey });
      keys.created(run.id);
      return { run: await openRow(keys, row), created };
    },
    async getRun(id) {
      const row = await behind.getRun(id);
      return row && openRow(keys, row);
    },
    async listRuns(filter) {
      const rows = await behind.listRuns(filter);
      return Promise.all(rows.map((row) => openListed(keys, row)));
    },
    async eraseRun(run, ...given) {
      const events = await behind.eraseRun(run, ...given);
      keys.forget(run);
      return events;
    },
    async forget(ids, now) {
      const gone = await behind.forget(ids, now);
      for (const id of gone) keys.forget(id);
      return gone;
    },
    async adopt(record) {
      const made = record.dataKey === undefined ? keys.make(record.run.id) : keys.brought(record.dataKey);
      const marks = made && (await keys.shared())?.marks;
      if (made === undefined || marks === undefined) return behind.adopt(record);
      const { seal, dataKey } = made;
      checkEvents(record.events.map(({ event }) => event));
      await behind.adopt({
        ...record,
        dataKey,
        run: { ...record.run, ...sealPatch(record.run, seal) },
        events: record.events.map(({ seq, event }) => ({ seq, event: sealEvent(event, seal.seal, marks) })),
        approvals: record.approvals.map((row) => sealApproval(row, seal)),
      });
      keys.forget(record.run.id);
    },
  };
}

/** What of a run's row is data. */
export function sealPatch({ outputs, error }: RunPatch, { seal }: Seal): Pick<RunPatch, "outputs" | "error"> {
  return {
    outputs: outputs && { sealed: seal(JSON.stringify(outputs)) },
    error: error && sealFailure(error, seal),
  };
}

async function openRow(keys: DataKeys, row: RunRow): Promise<RunRow> {
  if (!hasSealed(row)) return row;
  const seal = await keys.of(row.id);
  // Outputs of a plain run may look like anything.
  if (seal === undefined) return row;
  const { outputs, error } = row;
  return { ...row, outputs: outputs && opened(outputs, seal.open), error: error && opened(error, seal.open) };
}

/** A list must be had without the keys, too: then without the data. */
async function openListed(keys: DataKeys, row: RunRow): Promise<RunRow> {
  if (!hasSealed(row)) return row;
  try {
    return await openRow(keys, row);
  } catch (error) {
    if (!(error instanceof StagecraftError) || error.code !== "encryption-key-unknown") throw error;
    return { ...row, outputs: null, error: row.error && { ...row.error, message: "encrypted" } };
  }
}

function hasSealed({ outputs, error }: RunRow): boolean {
  return [outputs, error].some((value) => value !== null && sealedText(value) !== undefined);
}
