import { describe, expect, it } from "vitest";
import type { Lease, Store } from "../../../src/engine/ports.js";
import { openStore } from "../../../src/store/index.js";
import {
  advanced,
  approval,
  definition,
  ended,
  entry,
  heldRun,
  newRun,
  started,
  T0,
} from "../../contracts/store/material.js";
import { testDatabase } from "../../support/postgres/database.js";
import { database, ownServer, storeAt } from "./stores.js";

/** Commits until `isOver`, and again from where the journal stands when the server was away. @returns events acknowledged */
async function commitUntil(store: Store, given: Lease, isOver: (acknowledged: number) => boolean): Promise<number> {
  let lease = given;
  let codes = new Set<string>();
  for (let round = 0; !isOver(lease.headSeq); round++) {
    const stage = `s${round}`;
    const output = round % 4 === 0 ? { large: stage.repeat(3_000) } : { round };
    const opened = round % 5 === 0 ? [approval(`A-${stage}`, lease.run, { stage })] : [];
    try {
      const [outcome] = await store.commit([entry(lease, [started(stage), ended(stage, output)], { opened })]);
      expect(outcome).toBe("done");
      lease = advanced(lease, 2);
    } catch (error) {
      codes = codes.add((error as { code: string }).code);
      expect([...codes], String(error)).toEqual(["store-io"]);
      const { headSeq } = (await store.getRun(lease.run))!;
      // What was asked for when it died may be there or not; what was acknowledged is.
      expect(headSeq).toBeGreaterThanOrEqual(lease.headSeq);
      lease = { ...lease, headSeq };
    }
  }
  return lease.headSeq;
}

describe("a PostgreSQL server", () => {
  it("killed again and again under load loses nothing that was acknowledged, and the store goes on", async () => {
    const server = await ownServer();
    const { url } = await testDatabase(server.port);
    const store = await storeAt(url);
    const lease = await heldRun(store);
    let acknowledged = 0;
    let isKilled = false;
    const load = commitUntil(store, lease, (head) => {
      acknowledged = head;
      return isKilled && head > 400;
    });
    for (const goal of [40, 120, 220]) {
      await expect.poll(() => acknowledged, { timeout: 60_000 }).toBeGreaterThan(goal);
      await server.kill();
      await server.start();
    }
    isKilled = true;
    const head = await load;
    const events = await store.readEvents("run-1");
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
    expect(await store.check()).toEqual([]);
  }, 120_000);

  it("that is away is waited for, and named without its password when it stays away", async () => {
    const server = await ownServer();
    const { url } = await testDatabase(server.port);
    await server.kill();
    const secret = url.replace("stagecraft@", "stagecraft:p4ss@");
    const error = await openStore(secret, { waitMs: 100 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "store-io", kind: "environment", message: expect.stringContaining("/test_") });
    expect(String(error)).not.toContain("p4ss");
    const opening = storeAt(url);
    await server.start();
    expect(await (await opening).check()).toEqual([]);
  });

  it("that ends the connections of a store while it is idle is connected to again", async () => {
    const { url, sql } = await database();
    const store = await storeAt(url);
    await heldRun(store);
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await expect.poll(() => store.getRun("run-1").catch(() => undefined)).toMatchObject({ id: "run-1" });
    await store.post("run-1", { type: "resume", by: "ann" }, T0);
  });
});

describe("a PostgreSQL database that cannot be used", () => {
  it("is named when it is not there, and when it may only be read", async () => {
    const { url, sql } = await database();
    await expect(openStore(`${url}_no`)).rejects.toMatchObject({ code: "store-refused" });
    await (await storeAt(url)).close();
    const [{ name } = {}] = await sql("SELECT current_database() AS name");
    await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const store = await storeAt(url);
    await expect(store.putDefinition(definition)).rejects.toMatchObject({ code: "store-readonly" });
  });

  it("is refused when it holds something else, or was written by a newer Stagecraft", async () => {
    const { url, sql } = await database();
    await sql("CREATE TABLE customers (id int)");
    await expect(openStore(url)).rejects.toMatchObject({ code: "store-foreign" });
    await sql("DROP TABLE customers");
    await storeAt(url);
    await sql("UPDATE meta SET value = '999' WHERE name = 'schema'");
    await expect(openStore(url)).rejects.toMatchObject({ code: "store-newer" });
  });

  it("is named when somebody else holds what is needed, or a statement takes too long", async () => {
    const { url, sql } = await database();
    const store = await storeAt(url, { waitMs: 200 });
    await heldRun(store);
    const held = sql("BEGIN; LOCK TABLE inbox; SELECT pg_sleep(3); COMMIT");
    const post = () => store.post("run-1", { type: "resume", by: "ann" }, T0);
    const outcome = async () =>
      post().then(
        () => "posted",
        (error: { code: string }) => error.code,
      );
    await expect.poll(outcome, { timeout: 3_000 }).toBe("store-locked");
    await held;
    await post();
    const hurried = await storeAt(`${url}?statement_timeout=300&lock_timeout=60000`);
    const again = sql("BEGIN; LOCK TABLE inbox; SELECT pg_sleep(2); COMMIT");
    const hurriedPost = hurried.post.bind(null, "run-1", { type: "resume", by: "ann" }, T0);
    await expect
      .poll(async () => hurriedPost().catch((error: Error) => error.message), { timeout: 2_000 })
      .toContain("does not answer in time (57014)");
    await again;
  });

  it("refuses by itself that a stage did its work twice, and to change the trail", async () => {
    const { url, sql } = await database();
    const store = await storeAt(url);
    const lease = await heldRun(store);
    await store.commit([entry(lease, [ended("pay", {}, "failed"), ended("pay", {}, "approved")])]);
    const again = (seq: number) =>
      sql(
        `INSERT INTO events SELECT run_no, 99 + seq, type, stage, at, refs, data, link, digest FROM events WHERE seq = ${seq}`,
      );
    await again(2);
    await expect(again(3)).rejects.toThrow("events_done");
    await store.recordAudit({ at: T0, action: "held", by: "ann", run: "run-1", detail: {} });
    for (const change of ["UPDATE audit SET actor = 'bob'", "DELETE FROM audit", "TRUNCATE audit"])
      await expect(sql(change), change).rejects.toThrow("the audit trail stays");
  });

  it("is made once by many who open it at the same moment", async () => {
    const { url } = await database();
    const stores = await Promise.all(Array.from({ length: 8 }, () => storeAt(url)));
    await stores[0]!.putDefinition(definition);
    const made = await Promise.all(stores.map((store) => store.createRun(newRun("run-1", { idempotencyKey: "k" }))));
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });
});
