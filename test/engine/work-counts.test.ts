import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite3 from "sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import type { StageType } from "../../src/plugin/api.js";
import { sqliteStore } from "../../src/store/index.js";
import { begin, journalOf, Stage, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const N = 100;
const names = Array.from({ length: N }, (_, at) => `s${at}`);
const CHAIN = names.join(" -> ");
const FAN = names.map((name) => `first -> ${name} -> last`).join(", ");
const MIDDLE = 50;

/** What a graph costs, however long it takes. */
interface Work {
  readonly commits: number;
  readonly events: number;
  /** Effects, by the stage type itself. */
  readonly performed: number;
  readonly syncs: number;
  /** Of the database that were written to its log. */
  readonly pages: number;
  /** Of the journal, all columns. */
  readonly bytes: number;
}

describe("the work of a run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stagecraft-work-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is one sync and two events a stage in a chain of effects", async () => {
    const work = await workOf([plan(CHAIN)]);
    // Each end shares its commit with the next start. Beside them: the first start, the claim, the release.
    expect(work).toMatchObject({ events: 2 * N + 2, commits: N + 1, syncs: N + 3 });
    expect(work.bytes / N).toBeLessThan(180);
    expect(work.pages / work.syncs).toBeLessThan(3.6);
  });

  it("is what is left where a chain is taken up half-way, and nothing of what had ended", async () => {
    const work = await workOf([plan(CHAIN)], { stopAt: N / 2 });
    // As in one go, and once more a first start, the claim and the release.
    expect(work).toMatchObject({ performed: N, events: 2 * N + 2, commits: N + 2, syncs: N + 6 });
    expect(work.bytes / N).toBeLessThan(180);
  });

  it("is a sync for each wave of a fan-out, whatever its width", async () => {
    const work = await workOf([plan(FAN, {}, { maxParallel: MIDDLE })]);
    expect(work.events).toBe(2 * (N + 2) + 2);
    expect(work.commits).toBeLessThanOrEqual(N / MIDDLE + 4);
    expect(work.syncs).toBe(work.commits + 2);
    expect(work.bytes / N).toBeLessThan(150);
  });

  it("is shared by runs that go on at the same time", async () => {
    const runs = Array.from({ length: 20 }, () => plan(names.slice(0, 10).join(" -> ")));
    const work = await workOf(runs);
    expect(work.events).toBe(20 * (2 * 10 + 2));
    // One alone takes eleven. Those whose inbox is read in the same query go in step.
    expect(work.commits).toBeLessThanOrEqual(20);
    // They are claimed together, and released with those that end meanwhile: each by itself they would take forty.
    expect(work.syncs).toBeLessThan(work.commits + 20);
  });

  it("is a few syncs in all where stages are pure", async () => {
    const pure = Object.fromEntries(names.map((name) => [name, { uses: "think", kind: "pure" as const }]));
    const work = await workOf([plan(CHAIN, pure)]);
    expect(work.events).toBe(N + 2);
    expect(work).toMatchObject({ commits: 1, syncs: 3 });
    expect(work.bytes / N).toBeLessThan(90);
  });

  /** Drives the plans at the same time, and proves that each of their stages ended once. */
  async function workOf(plans: readonly Plan[], { stopAt = 0 } = {}): Promise<Work> {
    const file = join(folder, "runs.sqlite");
    const store = sqliteStore({ file });
    await store.open();
    const counts = { commits: 0, events: 0, performed: 0 };
    const stop = new AbortController();
    const work = new Stage();
    work.answer = () => {
      counts.performed += 1;
      if (counts.performed === stopAt) stop.abort();
      return {};
    };
    const host = () => testHost([work.type, think], { store: counted(store, counts) });
    const engine = new Engine(host());
    const runs: string[] = [];
    for (const one of plans) runs.push(await begin(engine, one));
    const before = writtenTo(`${file}-wal`);
    await Promise.all(
      runs.map((run) => engine.drive(run, { patience: 0, ...(stopAt > 0 && { signal: stop.signal }) })),
    );
    if (stopAt > 0) await Promise.all(runs.map((run) => new Engine(host()).drive(run, { patience: 0 })));
    const after = writtenTo(`${file}-wal`);
    const [syncs, pages] = [after.commits - before.commits, after.pages - before.pages];
    for (const [at, run] of runs.entries()) {
      const ended = await journalOf(store, run);
      expect(Object.keys(ended)).toHaveLength(plans[at]?.workflow.graph.stages.length ?? 0);
      counts.events += (await store.readEvents(run)).length;
    }
    await store.close();
    return { ...counts, syncs, pages, bytes: await journalBytes(file) };
  }
});

const think: StageType = {
  name: "think",
  kind: "pure",
  title: "Think",
  description: "A function of nothing.",
  input: { type: "object" },
  output: { type: "object" },
  run: () => ({ outputs: {} }),
};

function counted(store: Store, counts: { commits: number }): Store {
  return {
    ...store,
    commit(entries) {
      counts.commits += 1;
      return store.commit(entries);
    },
  };
}

/**
 * Transactions in a write-ahead log: SQLite syncs it once for each, and marks the last page of each with the size of the
 * database. Frames with another salt are of before the log began anew.
 */
function writtenTo(log: string): { readonly commits: number; readonly pages: number } {
  const bytes = readFileSync(log);
  const frame = 24 + bytes.readUInt32BE(8);
  let [commits, pages] = [0, 0];
  for (let at = 32; at + frame <= bytes.length; at += frame) {
    const isCurrent = bytes.compare(bytes, 16, 24, at + 8, at + 16) === 0;
    if (!isCurrent) continue;
    pages += 1;
    if (bytes.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return { commits, pages };
}

function journalBytes(file: string): Promise<number> {
  const columns = ["stage", "data", "link"].map((name) => `coalesce(octet_length(${name}), 0)`).join(" + ");
  return new Promise((resolve, reject) => {
    const connection = new sqlite3.Database(file);
    // Numbers take at most eight bytes each: the run, the place, the type and the time.
    connection.get<{ bytes: number }>(`SELECT sum(${columns} + 32) AS bytes FROM events`, (error, row) => {
      connection.close(() => (error === null ? resolve(row.bytes) : reject(error)));
    });
  });
}
