import { execFile, execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { driverFault } from "../../src/store/knex/sqlite/driver.js";
import { advanced, ended, entry, heldRun, newRun, started, T0 } from "../contracts/store/material.js";
import { folder, rawDatabase, storeAt } from "./files.js";

const SECRET = "s3cr3t-value";

/** Runs `work` without the rights of root, which may write anything. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid!(65534);
  try {
    await work();
  } finally {
    process.seteuid!(0);
  }
}

const everything = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${error.stack} ${everything(error.cause)}` : String(error);

describe("a database that cannot be used", () => {
  it("is named when its file is read-only", async () => {
    const path = await folder();
    const file = join(path, "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    await heldRun(store);
    await store.close();
    await chmod(path, 0o777);
    await chmod(file, 0o444);
    await asNobody(async () => {
      const again = storeAt(file);
      const write = again.open().then(() => again.post("run-1", { type: "resume", by: SECRET }, T0));
      await expect(write).rejects.toMatchObject({ code: "store-readonly", kind: "environment" });
      await again.close();
    });
  });

  it("is named when its folder is read-only", async () => {
    const path = await folder();
    await chmod(path, 0o555);
    await asNobody(async () => {
      for (const file of [join(path, "runs.sqlite"), join(path, "new", "runs.sqlite")]) {
        await expect(storeAt(file).open()).rejects.toMatchObject({ code: "store-readonly" });
      }
    });
  });

  it("is refused when it is no database, and left as it is", async () => {
    const file = join(await folder(), "notes.txt");
    const text = "Dear diary, this is not a database. ".repeat(200);
    await writeFile(file, text);
    await expect(storeAt(file).open()).rejects.toMatchObject({ code: "store-corrupt" });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("is refused when it is a folder, or lies below a file", async () => {
    const path = await folder();
    await mkdir(join(path, "runs.sqlite"));
    await expect(storeAt(join(path, "runs.sqlite")).open()).rejects.toMatchObject({ code: "store-io" });
    await writeFile(join(path, "file"), "");
    await expect(storeAt(join(path, "file", "runs.sqlite")).open()).rejects.toMatchObject({ code: "store-io" });
  });

  it("is refused when somebody else's tables are in it", async () => {
    const file = join(await folder(), "shop.sqlite");
    const raw = rawDatabase(file);
    await raw("CREATE TABLE runs (distance REAL)");
    await expect(storeAt(file).open()).rejects.toMatchObject({ code: "store-foreign" });
    expect(await raw("SELECT name FROM sqlite_master")).toEqual([{ name: "runs" }]);
  });

  it("is refused when a newer version wrote it", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    await store.close();
    await rawDatabase(file)("UPDATE meta SET value = '9999' WHERE name = 'schema'");
    const opened = storeAt(file).open();
    await expect(opened).rejects.toMatchObject({ code: "store-newer", help: expect.stringContaining("Update") });
  });

  it("says so when a page is damaged", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await store.commit([
      entry(
        lease,
        Array.from({ length: 3_000 }, (_, i) => ended(`load[${i}]`)),
      ),
    ]);
    await store.close();
    const handle = await open(file, "r+");
    const { size } = await handle.stat();
    const page = Buffer.alloc(4096, 0xa5);
    for (let at = 40 * 4096; at < size; at += 4096) await handle.write(page, 0, 4096, at);
    await handle.close();
    const again = storeAt(file);
    const read = again.open().then(() => again.readEvents("run-1"));
    await expect(read).rejects.toMatchObject({ code: "store-corrupt" });
  });

  it("is looked through when it was left open, and refused when a page is damaged", async () => {
    const path = await folder();
    const file = join(path, "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    const many = Array.from({ length: 3_000 }, (_, i) => ended(`load[${i}]`));
    await store.commit([entry(lease, many)]);
    await rawDatabase(file)("PRAGMA wal_checkpoint(TRUNCATE)");
    await store.commit([entry(advanced(lease, many.length), [started("a")])]);
    for (const copy of ["left", "torn"]) {
      await copyFile(file, join(path, copy));
      await copyFile(`${file}-wal`, join(path, `${copy}-wal`));
    }
    const handle = await open(join(path, "torn"), "r+");
    await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, 50 * 4096);
    await handle.close();
    await expect(storeAt(join(path, "torn")).open()).rejects.toMatchObject({ code: "store-corrupt" });
    const left = storeAt(join(path, "left"));
    await left.open();
    expect(await left.readEvents("run-1")).toHaveLength(3_002);
  });

  it("says so when an event or a payload is missing", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await store.commit([entry(lease, [started("a"), ended("a", "x".repeat(9_000)), started("b")])]);
    const raw = rawDatabase(file);
    await raw("DELETE FROM payloads");
    await expect(store.readEvents("run-1")).rejects.toMatchObject({ code: "store-corrupt" });
    await raw("DELETE FROM events WHERE seq = 3");
    await expect(store.readEvents("run-1")).rejects.toMatchObject({ code: "store-corrupt" });
  });

  it("is named when another process does not let go", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file, { waitMs: 50 });
    await store.open();
    const lease = await heldRun(store);
    const raw = rawDatabase(file);
    await raw("BEGIN IMMEDIATE");
    await expect(store.commit([entry(lease, [ended("a", SECRET)])])).rejects.toMatchObject({ code: "store-locked" });
    await expect(store.claim("run-1", { name: "w2", isDead: () => true }, T0, T0)).rejects.toMatchObject({
      code: "store-locked",
    });
    expect(await store.readEvents("run-1"), "reading goes on").toHaveLength(1);
    await raw("COMMIT");
    expect(await store.commit([entry(lease, [started("a")])])).toEqual(["done"]);
  });

  it("is noticed when its file is deleted or replaced under a live process", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file);
    await store.open();
    const lease = await heldRun(store);
    await rm(file);
    await expect(store.commit([entry(lease, [started("a")])])).rejects.toMatchObject({ code: "store-io" });
    await writeFile(file, "");
    await expect(store.post("run-1", { type: "resume", by: "ann" }, T0)).rejects.toMatchObject({ code: "store-io" });
  });

  it("keeps bound values out of every message", async () => {
    const file = join(await folder(), "runs.sqlite");
    const store = storeAt(file, { waitMs: 20 });
    await store.open();
    const lease = await heldRun(store);
    const raw = rawDatabase(file);
    await raw("BEGIN IMMEDIATE");
    const faults = await Promise.allSettled([
      store.commit([entry(lease, [ended("a", SECRET)])]),
      store.post("run-1", { type: "event", name: "e", data: SECRET, by: SECRET }, T0),
      store.createRun(newRun(`run-${SECRET}`, { idempotencyKey: SECRET })),
    ]);
    for (const fault of faults) {
      expect(fault).toMatchObject({ status: "rejected", reason: { code: "store-locked" } });
      expect(everything((fault as PromiseRejectedResult).reason)).not.toContain(SECRET);
    }
    await raw("COMMIT");
    await raw("DROP TABLE payloads");
    const error: unknown = await store
      .commit([entry(lease, [ended("a", SECRET.repeat(999))])])
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "store-io" });
    expect(everything(error)).not.toContain(SECRET);
  });
});

describe("a full disk", () => {
  it("loses nothing acknowledged, and writing goes on once there is room", async (context) => {
    const path = await folder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "pipe" });
    } catch {
      return context.skip("no small disk: mounting a tmpfs is not permitted here");
    }
    const file = join(path, "runs.sqlite");
    const store = storeAt(file);
    onTestFinished(async () => {
      await store.close();
      execFileSync("umount", [path]);
    });
    await store.open();
    let lease = await heldRun(store);
    await writeFile(join(path, "ballast"), Buffer.alloc(100 * 1024));
    const large = (i: number) => Array.from({ length: 20 }, (_, k) => ended(`load[${i}-${k}]`, "x".repeat(2_000)));
    const fill = async () => {
      for (let i = 0; i < 100; i++) {
        await store.commit([entry(lease, large(i))]);
        lease = advanced(lease, 20);
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "store-full", help: expect.stringContaining("space") });
    const kept = await store.readEvents("run-1");
    expect(kept).toHaveLength(lease.headSeq);
    await rm(join(path, "ballast"));
    expect(await store.commit([entry(lease, [started("b")])])).toEqual(["done"]);
    expect(await rawDatabase(file)("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect((await stat(file)).size).toBeGreaterThan(0);
  });
});

describe("a driver", () => {
  it("that is not installed is named with the command that installs it", async () => {
    // Node's own words for a package that is nowhere; this tree may well have the driver.
    const cause = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", "await import('better-sqlite3').catch(({ code }) => console.log(code))"],
      { cwd: tmpdir() },
    );
    const fault = driverFault(
      "better-sqlite3",
      Object.assign(new Error("no such package"), { code: cause.stdout.trim() }),
    );
    expect(fault).toMatchObject({ code: "store-driver", help: "Install it with: npm install better-sqlite3" });
  });

  it("without its native part is named with the command that builds it", () => {
    const fault = driverFault("sqlite3", new Error("Could not locate the bindings file. Tried: …"));
    expect(fault).toMatchObject({ code: "store-driver", help: expect.stringContaining("npm rebuild sqlite3") });
  });

  it("syncs fully on every connection, on a new file and on one that is there", async () => {
    const { sqliteDialect } = await import("../../src/store/knex/sqlite/dialect.js");
    const file = join(await folder(), "runs.sqlite");
    for (const durability of ["full", "full", "normal"] as const) {
      const { writer, reader } = await sqliteDialect({ file, durability }).connect();
      for (const knex of [writer, reader]) {
        expect(await knex.raw("PRAGMA synchronous")).toEqual([{ synchronous: durability === "full" ? 2 : 1 }]);
        expect(await knex.raw("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
        expect(await knex.raw("PRAGMA foreign_keys")).toEqual([{ foreign_keys: 1 }]);
      }
      await expect(reader.raw("CREATE TABLE x (a)"), "readers only read").rejects.toThrow("readonly");
      await Promise.all([reader.destroy(), writer.destroy()]);
    }
  });
});
