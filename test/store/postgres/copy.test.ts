import { join } from "node:path";
import { expect, it } from "vitest";
import type { Store } from "../../../src/engine/ports.js";
import { copyStore } from "../../../src/store/index.js";
import { sqliteStore } from "../../../src/store/knex/sqlite/store.js";
import { advanced, approval, ended, entry, heldRun, patch, T0 } from "../../contracts/store/material.js";
import { folder } from "../files.js";
import { database, storeAt } from "./stores.js";

async function fill(store: Store): Promise<void> {
  await store.open();
  for (let at = 0; at < 250; at++) {
    const lease = await heldRun(store, `run-${at}`, { idempotencyKey: `key-${at}` });
    const large = { text: `large ${at % 7} `.repeat(2_000), odd: '\u0000\ud800 ´\\"' };
    await store.commit([entry(lease, [ended("pay", large)], { opened: [approval(`A-${at}`, lease.run)] })]);
    const row = patch({ status: "succeeded", endedAt: T0 + 9 });
    const end = { type: "runEnded", at: T0 + 9, status: "succeeded" } as const;
    if (at % 2 === 0) await store.commit([entry(advanced(lease, 1), [end], { row })]);
    await store.release(lease);
  }
  await store.recordAudit({ at: T0, action: "held", by: "ann", run: "run-3", detail: { why: "ü" } });
  await store.post("run-1", { type: "resume", by: "ann" }, T0);
}

/** What all of it proves. */
async function proofOf(store: Store): Promise<object> {
  const runs = await store.listRuns({});
  const chains = await Promise.all(runs.map(({ id }) => store.readChain(id)));
  return {
    runs,
    chains,
    trail: await store.readTrail(),
    approvals: await store.listApprovals({}),
    inbox: await store.inbox("run-1"),
  };
}

it("a database copied to PostgreSQL and back is the same to the last byte that its chains are over, and goes on", async () => {
  const [{ url }, path] = [await database(), await folder()];
  const file = join(path, "runs.sqlite");
  const before = sqliteStore({ file });
  await fill(before);
  const expected = await proofOf(before);
  await before.close();
  const there = await copyStore(file, url, T0);
  expect(there).toMatchObject({ runs: 250, events: 625, approvals: 250, audit: 1, inbox: 1 });
  const store = await storeAt(url);
  expect(await proofOf(store)).toEqual(expected);
  expect(await store.check()).toEqual([]);
  await expect(copyStore(file, url, T0)).rejects.toMatchObject({ code: "store-not-empty" });
  expect(await copyStore(url, join(path, "back.sqlite"), T0)).toEqual(there);
  const back = sqliteStore({ file: join(path, "back.sqlite") });
  await back.open();
  expect(await proofOf(back)).toEqual(expected);
  await back.close();
  await heldRun(store, "run-new");
  await expect(copyStore(url, join(path, "held.sqlite"), T0)).rejects.toMatchObject({ code: "store-busy" });
}, 120_000);
