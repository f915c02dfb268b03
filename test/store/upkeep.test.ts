import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { advanced, ended, entry, heldRun, patch, started, T0 } from "../contracts/store/material.js";
import { folder, rawDatabase, storeAt } from "./files.js";

const LARGE = "x".repeat(9_000);

describe("a backup", () => {
  it("taken while a run writes holds all that was acknowledged before, and opens as a database", async () => {
    const path = await folder();
    const store = storeAt(join(path, "runs.sqlite"));
    await store.open();
    let lease = await heldRun(store);
    const commit = async () => {
      await store.commit([entry(lease, [started(`s${lease.headSeq}`), ended(`s${lease.headSeq}`, LARGE)])]);
      lease = advanced(lease, 2);
    };
    for (let at = 0; at < 50; at++) await commit();
    const acknowledged = lease.headSeq;
    let isDone = false;
    const copied = store.backup(join(path, "copy.sqlite")).finally(() => {
      isDone = true;
    });
    while (!isDone) await commit();
    await copied;
    const copy = storeAt(join(path, "copy.sqlite"));
    await copy.open();
    const events = await copy.readEvents("run-1");
    expect(events.length).toBeGreaterThanOrEqual(acknowledged);
    expect(await copy.check()).toEqual([]);
    expect(await store.check()).toEqual([]);
  });

  it("never takes the place of a file that is there", async () => {
    const path = await folder();
    const store = storeAt(join(path, "runs.sqlite"));
    await store.open();
    await writeFile(join(path, "copy.sqlite"), "precious");
    await expect(store.backup(join(path, "copy.sqlite"))).rejects.toMatchObject({ code: "backup-exists" });
    await expect(store.backup(join(path, "no", "copy.sqlite"))).rejects.toMatchObject({ code: "store-io" });
    expect((await stat(join(path, "copy.sqlite"))).size).toBe(8);
  });

  it("of a damaged database is refused, and leaves nothing behind", async () => {
    const path = await folder();
    const file = join(path, "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await store.commit([entry(lease, [started("a"), ended("a", LARGE)])]);
    await rawDatabase(file)("DELETE FROM payloads");
    await expect(store.backup(join(path, "copy.sqlite"))).rejects.toMatchObject({ code: "store-corrupt" });
    await expect(stat(join(path, "copy.sqlite"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(stat(join(path, "copy.sqlite.part"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("a check", () => {
  it("names journals that are short, payloads that are missing or changed, and rows of nothing", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await store.commit([entry(lease, [started("a"), ended("a", LARGE), ended("b", `${LARGE}b`)])]);
    const raw = rawDatabase(file);
    await raw("UPDATE payloads SET body = '\"short\"' WHERE body LIKE '%b\"'");
    expect(await store.check()).toEqual([expect.stringMatching(/^the payload \w{64} was changed$/)]);
    await raw("DELETE FROM payloads");
    await raw("DELETE FROM events WHERE seq = 2");
    expect(await store.check()).toEqual([
      "run run-1 has 3 events where there must be 4",
      expect.stringMatching(/^the payload \w{64} is missing$/),
      expect.stringMatching(/^the payload \w{64} is missing$/),
    ]);
    await raw("INSERT INTO inbox (run_no, at, body) VALUES (99, 0, '{}')");
    expect(await store.check()).toEqual(["1 rows of inbox refer to what is not there"]);
  });
});

it("says what it is kept in, as read back from a connection that writes", async () => {
  const store = storeAt(join(await folder(), "runs.sqlite"));
  await store.open();
  const status = await store.status();
  expect(status).toMatchObject({
    driver: "sqlite3",
    schemaBefore: 0,
    settings: { journal_mode: "wal", synchronous: "full", foreign_keys: "1" },
  });
  expect(status.bytes["file"]).toBeGreaterThan(0);
});

it("gives the space of what it removed to what comes after", async () => {
  const file = join(await folder(), "runs.sqlite");
  const store = storeAt(file);
  await store.open();
  const lease = await heldRun(store);
  const many = Array.from({ length: 100 }, (_, at) => ended(`s${at}`, `${at} ${LARGE}`));
  await store.commit([entry(lease, many, { row: patch({ status: "failed", endedAt: T0 }) })]);
  await store.release(lease);
  expect((await store.status()).counts).toMatchObject({ payloads: 100 });
  expect(await store.forget(["run-1"], T0)).toEqual(["run-1"]);
  expect(await store.sweep()).toBe(100);
  const { counts, bytes } = await store.status();
  expect(counts).toMatchObject({ events: 0, payloads: 0, definitions: 0 });
  expect(bytes["free"]).toBeGreaterThan(500_000);
});
