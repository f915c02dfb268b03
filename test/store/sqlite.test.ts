import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Store } from "../../src/engine/ports.js";
import { type DriverName, loadDriver } from "../../src/store/knex/sqlite/driver.js";
import { sqliteStore } from "../../src/store/knex/sqlite/store.js";
import { advanced, ended, entry, heldRun, started } from "../contracts/store/material.js";
import { storeContract } from "../contracts/store.contract.js";
import { folder, rawDatabase, storeAt } from "./files.js";

for (const driver of ["sqlite3", "better-sqlite3"] as const) {
  if (await isInstalled(driver)) storeContract(`the SQLite store on ${driver}`, () => fixture(driver));
  else describe.skip(`the SQLite store on ${driver}, an optional package that is not installed here`, () => {});
}

async function isInstalled(driver: DriverName): Promise<boolean> {
  return loadDriver(driver).then(
    () => true,
    () => driver === "sqlite3",
  );
}

async function fixture(driver: DriverName) {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const stores: Store[] = [];
  const another = async () => {
    const store = sqliteStore({ file: join(folder, "deep", "runs.sqlite"), driver });
    stores.push(store);
    await store.open();
    return store;
  };
  const teardown = async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  };
  return { store: await another(), another, teardown };
}

describe("the SQLite file", () => {
  it("refuses by itself that a stage did its work twice", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await store.commit([entry(lease, [ended("pay", {}, "failed"), ended("pay", {}, "approved")])]);
    const copy = (seq: number) =>
      rawDatabase(file)(
        `INSERT INTO events SELECT run_no, 99 + seq, type, stage, at, refs, data, link, digest FROM events WHERE seq = ${seq}`,
      );
    await copy(2);
    await expect(copy(3)).rejects.toThrow("UNIQUE constraint failed: events.run_no, events.stage");
  });

  it("keeps equal payloads once", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    const large = { text: "same ".repeat(5_000) };
    await store.commit([entry(lease, [ended("a", large), ended("b", large)])]);
    await store.commit([entry(advanced(lease, 2), [ended("c", large), ended("d", "other".repeat(5_000))])]);
    expect(await rawDatabase(file)("SELECT count(*) AS n FROM payloads")).toEqual([{ n: 2 }]);
  });

  it("takes fewer than 400 bytes a stage", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    let lease = await heldRun(store);
    const outputs = { amount: 1200.5, decision: "approved by rule 4", ok: true };
    for (let i = 0; i < 2_000; i += 8) {
      const stages = Array.from({ length: 8 }, (_, k) => `stage${i + k}`);
      const events = stages.flatMap((stage) => [started(stage), ended(stage, outputs)]);
      await store.commit([entry(lease, events)]);
      lease = advanced(lease, events.length);
    }
    const [size] = await rawDatabase(file)(
      "SELECT (SELECT page_size FROM pragma_page_size) * (SELECT page_count FROM pragma_page_count) AS bytes",
    );
    expect(Number(size!["bytes"]) / 2_000).toBeLessThan(400);
  });
});
