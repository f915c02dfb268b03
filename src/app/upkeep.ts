import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { StagecraftError } from "../core/errors.js";
import type { RunStatus } from "../core/event.js";
import type { ApprovalRow, RunRecord, RunRow, Store } from "../engine/ports.js";
import { archiveText, memoryStore, readArchive } from "../store/index.js";
import { findRun, isEnded, type RunView, viewRun } from "./runs.js";

export interface PruneOptions {
  /** Only runs that ended before: milliseconds since the epoch. */
  readonly before?: number | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  /** The newest so many finished runs of each workflow stay. */
  readonly keep?: number | undefined;
  readonly dryRun?: boolean | undefined;
  /** Says of a run that it must stay whatever its age. */
  readonly isHeld?: (run: RunRow) => boolean;
}

export interface Pruned {
  readonly runs: readonly RunRow[];
  /** Large values that nothing referred to any more. */
  readonly payloads: number;
}

export interface Archived {
  readonly run: RunRow;
  readonly file: string;
}

/** What operating the project's store takes. */
export interface AppUpkeep {
  prune(options: PruneOptions): Promise<Pruned>;
  /** To a file; with `isRemoved` out of the store, once the file can be read. @throws StagecraftError `run-not-finished` */
  archive(run: string, folder: string, isRemoved?: boolean): Promise<Archived>;
  /** The run in an archive, if it is whole. @throws StagecraftError `archive-damaged`, `archive-unknown` */
  verify(file: string): Promise<RunRecord>;
  /** Puts an archived run back. @throws StagecraftError `run-exists`, and what `verify` throws */
  restore(file: string): Promise<RunRow>;
  /** An archived run, and its approvals. */
  view(file: string): Promise<{ readonly view: RunView; readonly approvals: readonly ApprovalRow[] }>;
}

/** `existing` throws where there is no store; `made` makes one. */
export function upkeepOf(existing: () => Promise<Store>, made: () => Promise<Store>, now: () => number): AppUpkeep {
  return {
    prune: async (options) => prune(await existing(), options, now()),
    async archive(run, folder, isRemoved = false) {
      const store = await existing();
      const archived = await archive(store, run, folder);
      if (isRemoved && (await store.forget([archived.run.id], now())).length > 0) await store.sweep();
      return archived;
    },
    verify: readRecord,
    async restore(file) {
      const record = await readRecord(file);
      await (await made()).adopt(record);
      return record.run;
    },
    async view(file) {
      const record = await readRecord(file);
      const store = memoryStore();
      await store.adopt(record);
      return { view: await viewRun(store, record.run.id), approvals: record.approvals };
    },
  };
}

/** Runs removed in one transaction: others write between two. */
const AT_ONCE = 50;
const PAGE = 1_000;

/** Removes finished runs; none that has not ended, is driven or was asked for something. */
async function prune(store: Store, options: PruneOptions, now: number): Promise<Pruned> {
  const runs = await prunable(store, options);
  if (options.dryRun) return { runs, payloads: 0 };
  const gone = new Set<string>();
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const ids = runs.slice(from, from + AT_ONCE).map(({ id }) => id);
    for (const id of await store.forget(ids, now)) gone.add(id);
  }
  const payloads = gone.size === 0 ? 0 : await store.sweep();
  return { runs: runs.filter(({ id }) => gone.has(id)), payloads };
}

/** Finished runs that nothing says must stay, the newest first. */
async function prunable(store: Store, options: PruneOptions): Promise<readonly RunRow[]> {
  const { before = Number.POSITIVE_INFINITY, keep = 0, status, isHeld = () => false } = options;
  const seen = new Map<string, number>();
  const runs: RunRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.listRuns({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const run of page) {
      if (!isEnded(run) || (status !== undefined && !status.includes(run.status))) continue;
      const newer = seen.get(run.workflow) ?? 0;
      seen.set(run.workflow, newer + 1);
      if (newer >= keep && (run.endedAt ?? run.updatedAt) < before && !isHeld(run)) runs.push(run);
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return runs;
  }
}

/** Writes a finished run to a file of its own in `folder`, whole or not at all. @throws StagecraftError `run-not-finished` */
async function archive(store: Store, wanted: string, folder: string): Promise<Archived> {
  const record = await recordOf(store, wanted);
  const { run } = record;
  const file = path.join(folder, `${run.workflow}-${run.id}.jsonl`);
  await mkdir(folder, { recursive: true });
  const handle = await open(`${file}.part`, "w");
  try {
    await handle.writeFile(archiveText(record));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await readRecord(`${file}.part`);
  await rename(`${file}.part`, file);
  return { run, file };
}

async function recordOf(store: Store, wanted: string): Promise<RunRecord> {
  const run = await findRun(store, wanted);
  if (!isEnded(run)) {
    throw new StagecraftError("run-not-finished", `run ${run.id} is ${run.status}: only a finished run is archived`, {
      help: `stagecraft runs show ${run.id}`,
    });
  }
  const [definition, events, approvals] = await Promise.all([
    store.getDefinition(run.definition),
    store.readEvents(run.id),
    store.listApprovals({ run: run.id }),
  ]);
  if (definition === undefined) {
    const message = `the plan of run ${run.id} is not in the database`;
    throw new StagecraftError("definition-lost", message, { kind: "environment" });
  }
  // What is redacted stays sealed in the archive: with its key, which is wrapped with the project's.
  const [dataKey] = events.some(({ event }) => event.vault !== undefined) ? await store.dataKeys([run.id]) : [];
  const record = { run: { ...run, owner: null, leaseUntil: null }, definition, events, approvals };
  return dataKey === undefined ? record : { ...record, dataKey };
}

/** What an archive holds, if it is whole. @throws StagecraftError `file-not-found`, `archive-damaged`, `archive-unknown` */
async function readRecord(file: string): Promise<RunRecord> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new StagecraftError("file-not-found", `${file} cannot be read`, { cause });
  }
  return readArchive(text, file.replace(/\.part$/, ""));
}
