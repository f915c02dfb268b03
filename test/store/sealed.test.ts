import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import type { Store } from "../../src/engine/ports.js";
import { sqliteStore } from "../../src/store/knex/sqlite/store.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { type Keyring, projectKey } from "../../src/store/sealed/keyring.js";
import { rewrapAll } from "../../src/store/sealed/rotate.js";
import { sealedStore } from "../../src/store/sealed/store.js";
import {
  advanced,
  approval,
  claimed,
  definition,
  ended,
  entry,
  heldRun,
  newRun,
  patch,
  T0,
} from "../contracts/store/material.js";
import { storeContract } from "../contracts/store.contract.js";
import { folder, rawDatabase } from "./files.js";

const key = (name: string) => projectKey(name, randomBytes(32).toString("base64"));
const ring: Keyring = { current: key("ONE"), previous: [] };

storeContract("the sealed memory store", async () => {
  const behind = memoryStore();
  const store = sealedStore(behind, ring);
  return { store, another: async () => sealedStore(behind, ring), teardown: () => store.close() };
});

storeContract("the sealed SQLite store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sealed-"));
  const stores: Store[] = [];
  const another = async () => {
    const store = sealedStore(sqliteStore({ file: join(folder, "runs.sqlite") }), ring);
    stores.push(store);
    await store.open();
    return store;
  };
  const teardown = async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  };
  return { store: await another(), another, teardown };
});

storeContract("a store that is not sealed any more, without keys", async () => {
  const behind = memoryStore();
  const store = sealedStore(behind, { previous: [] });
  return { store, another: async () => store, teardown: () => store.close() };
});

/** A run whose every kind of data holds the word: in its events, its row, its approval, its inbox, its snapshot. */
async function secretive(store: Store, word: string, id = "run-1") {
  const inputs = { iban: word };
  const event: Event = { type: "runStarted", at: T0, run: id, inputs, by: "ann", definition: definition.hash };
  const lease = await heldRun(store, id, { events: [event] });
  const error = { code: "no-money", message: `for ${word}`, retryable: false };
  const row = approval(`gate-${id}`, id);
  const request = { ...row.request, title: word, show: { word } };
  const large = { text: word.repeat(1_000) };
  const events: Event[] = [
    ended("read", { answer: word }),
    ended("load", large),
    {
      type: "stageWaiting",
      at: T0,
      stage: "gate",
      waiting: { approval: request, event: { name: "paid", match: { word }, outcome: "x" } },
    },
    { type: "stepRecorded", at: T0, stage: "read", key: "turn-1", value: word },
  ];
  const over = { row: patch({ outputs: { word }, error }), opened: [{ ...row, request }] };
  await store.commit([entry(lease, events, over)]);
  await store.keepSnapshot(id, { seq: 3, reducer: "r", body: JSON.stringify({ word }) });
  const [open] = await store.listApprovals({ run: id });
  await store.decideApproval(
    open!,
    { by: "dana", via: "cli", at: T0, outcome: "approved", comment: word, data: { word } },
    "approved",
  );
  await store.post(id, { type: "cancel", by: "ann", reason: word }, T0);
  await store.post(id, { type: "event", name: "paid", data: { word }, by: "ann" }, T0);
  await store.emit({ key: `${id}/say`, run: id, name: "paid", data: { word }, by: "ann", atLeast: 0, hops: 1 }, T0);
  await store.putCached("c", { outputs: { word }, run: id }, T0, T0 + 1_000);
  return { lease: advanced(lease, events.length), events };
}

async function fileStore(keys: Keyring, file: string) {
  const store = sealedStore(sqliteStore({ file }), keys);
  await store.open();
  return store;
}

async function bytesIn(file: string): Promise<string> {
  const parts = await Promise.all([file, `${file}-wal`].map((name) => readFile(name, "latin1").catch(() => "")));
  return parts.join("");
}

describe("what is sealed", () => {
  const WORD = "DE89370400440532013000";

  it("stands nowhere in the database file, and is read back whole", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = await fileStore(ring, file);
    const { events } = await secretive(store, WORD);
    const raw = await bytesIn(file);
    expect(raw).not.toContain(WORD);
    expect(raw).not.toContain(Buffer.from(WORD).toString("base64").slice(0, 20));
    expect(raw).toContain("gate-run-1");
    expect((await store.readEvents("run-1", 1)).map(({ event }) => event)).toEqual(events);
    expect(await store.getRun("run-1")).toMatchObject({ outputs: { word: WORD }, error: { message: `for ${WORD}` } });
    expect(await store.snapshot("run-1")).toMatchObject({ body: JSON.stringify({ word: WORD }) });
    expect(await store.cached("c", T0)).toEqual({ outputs: { word: WORD }, run: "run-1" });
    expect((await store.inbox("run-1")).map(({ body }) => body)).toMatchObject([
      { type: "decision", decision: { comment: WORD, data: { word: WORD } } },
      { type: "cancel", reason: WORD, by: "ann" },
      { type: "event", data: { word: WORD } },
      { type: "event", data: { word: WORD } },
    ]);
    await store.close();
    expect(await bytesIn(file)).not.toContain(WORD);
  });

  it("cannot be read without the key, can still be listed, and nothing is lost by trying", async () => {
    const file = join(await folder(), "runs.sqlite");
    const first = await fileStore(ring, file);
    const { lease } = await secretive(first, WORD);
    await first.close();
    for (const keys of [{ previous: [] }, { current: key("OTHER"), previous: [] }]) {
      const store = await fileStore(keys, file);
      expect(await store.listRuns({})).toMatchObject([
        { id: "run-1", status: "running", createdAt: T0, outputs: null },
      ]);
      const unknown = {
        code: "encryption-key-unknown",
        kind: "environment",
        message: expect.stringContaining("run run-1"),
      };
      await expect(store.readEvents("run-1")).rejects.toMatchObject(unknown);
      await expect(store.listApprovals({})).rejects.toMatchObject(unknown);
      await expect(store.commit([entry(lease, [ended("pay", { word: WORD })])])).rejects.toMatchObject(unknown);
      await expect(store.post("run-1", { type: "resume", by: "ann" }, T0)).rejects.toMatchObject(unknown);
      await store.close();
    }
    const again = await fileStore(ring, file);
    expect(await again.readEvents("run-1")).toHaveLength(5);
    await again.close();
  });

  it("is opened by the next key once it was rotated, and not by the one before", async () => {
    const file = join(await folder(), "runs.sqlite");
    const [one, two] = [key("ONE"), key("TWO")];
    const first = await fileStore({ current: one, previous: [] }, file);
    await secretive(first, WORD);
    const before = await rawDatabase(file)("SELECT data FROM events");
    await first.close();
    const both = { current: two, previous: [one] };
    const store = await fileStore(both, file);
    await heldRun(store, "run-2");
    await expect(rewrapAll(store, { current: two, previous: [] }, two)).rejects.toMatchObject({
      code: "encryption-key-unknown",
    });
    expect(await rewrapAll(store, both, two)).toBe(2);
    expect(await rewrapAll(store, both, two)).toBe(0);
    await store.close();
    const next = await fileStore({ current: two, previous: [] }, file);
    expect(await next.readEvents("run-1")).toHaveLength(5);
    await next.close();
    expect((await rawDatabase(file)("SELECT data FROM events")).slice(0, before.length)).toEqual(before);
    const old = await fileStore({ current: one, previous: [] }, file);
    await expect(old.readEvents("run-1")).rejects.toMatchObject({ code: "encryption-key-unknown" });
    await old.close();
  });

  it("is told from what somebody changed, and from what belongs to another run", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = await fileStore(ring, file);
    await secretive(store, WORD, "run-1");
    await secretive(store, WORD, "run-2");
    const sql = rawDatabase(file);
    await sql(
      "UPDATE events SET data = (SELECT data FROM events WHERE run_no = 2 AND seq = 2) WHERE run_no = 1 AND seq = 2",
    );
    await expect(store.readEvents("run-1")).rejects.toMatchObject({ code: "store-corrupt" });
    expect(await store.readEvents("run-2")).toHaveLength(5);
    await store.close();
  });

  it("loses its key when the run is erased or forgotten", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = await fileStore(ring, file);
    const { lease } = await secretive(store, WORD);
    const ids = (await store.inbox("run-1")).map(({ id }) => id);
    const row = patch({ status: "failed", endedAt: T0, outputs: { word: WORD } });
    await store.commit([entry(lease, [], { row, consumed: ids })]);
    await store.release(lease);
    const names = async () => (await store.dataKeys()).map(({ name }) => name).sort();
    expect(await names()).toEqual(["*", "run-1"]);
    await store.eraseRun("run-1", "ann", "asked for", T0);
    expect(await names()).toEqual(["*"]);
    const [first] = await store.readEvents("run-1");
    expect(first?.event).toMatchObject({ type: "runStarted", inputs: {} });
    expect(await rawDatabase(file)("SELECT count(*) AS n FROM events WHERE data LIKE '%sealed%'")).toEqual([{ n: 0 }]);
    const next = await secretive(store, WORD, "run-2");
    const more = (await store.inbox("run-2")).map(({ id }) => id);
    await store.commit([entry(next.lease, [], { row, consumed: more })]);
    await store.release(next.lease);
    expect(await store.forget(["run-2"], T0)).toEqual(["run-2"]);
    expect(await names()).toEqual(["*"]);
    await store.close();
  });

  it("leaves runs plain that began so, and they still hear each other", async () => {
    const behind = memoryStore();
    const plain = sealedStore(behind, { previous: [] });
    const lease = await heldRun(plain, "run-1");
    const waits = (match: object): Event => ({
      type: "stageWaiting",
      at: T0,
      stage: "a",
      waiting: { event: { name: "paid", match: match as never, outcome: "x" } },
    });
    await plain.commit([entry(lease, [waits({ invoice: "A" })])]);
    const store = sealedStore(behind, ring);
    const other = await heldRun(store, "run-2");
    await store.commit([entry(other, [waits({ invoice: "A" })])]);
    await store.createRun(newRun("run-3"));
    await store.commit([entry(await claimed(store, "run-3"), [waits({ invoice: "B" })])]);
    const data = { invoice: "A", note: WORD };
    expect(await store.emit({ key: "k", run: "run-3", name: "paid", data, by: "b", atLeast: 2, hops: 1 }, T0)).toBe(2);
    expect(JSON.stringify(await behind.inbox("run-1"))).not.toContain(WORD);
    for (const run of ["run-1", "run-2"])
      expect(await store.inbox(run)).toMatchObject([{ body: { name: "paid", data } }]);
    expect(await store.inbox("run-3")).toEqual([]);
  });
});
