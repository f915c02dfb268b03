import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../../src/core/audit.js";
import { verifyChain } from "../../src/core/chain.js";
import { advanced, ended, entry, heldRun, started, T0 } from "../contracts/store/material.js";
import { folder, rawDatabase, storeAt } from "./files.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A run of ten events in commits of 1, 3, 1, 2, 1 and 2, harmed by `sql` from outside. @returns what is found, in short */
async function harmed(...sql: string[]): Promise<readonly string[]> {
  const file = join(await folder(), "runs.sqlite");
  const store = storeAt(file);
  await store.open();
  let lease = await heldRun(store);
  const large = { text: "long ".repeat(2_000) };
  const commits = [
    [started("a"), ended("a"), started("b")],
    [ended("b", { sum: 5 })],
    [started("c"), ended("c", large)],
    [started("d")],
    [ended("d"), started("e")],
  ];
  for (const events of commits) {
    await store.commit([entry(lease, events)]);
    lease = advanced(lease, events.length);
  }
  await store.recordAudit({ at: T0, action: "held", by: "ann", run: "run-1", detail: { reason: "case 1" } });
  await store.recordAudit({ at: T0, action: "released", by: "ann", run: "run-1", detail: {} });
  const raw = rawDatabase(file);
  for (const one of sql) await raw(one);
  const faults = verifyChain((await store.readChain("run-1"))!, sha256);
  const { entries, head } = await store.readTrail();
  return [...faults, ...verifyAudit(entries, head, sha256)].map(({ seq, kind, what }) => `${kind} ${seq}: ${what}`);
}

const swap = (one: number, other: number) =>
  `UPDATE events SET (type, stage, at, data, refs) =
    (SELECT e.type, e.stage, e.at, e.data, e.refs FROM old e WHERE e.seq = ${one} + ${other} - events.seq)
    WHERE seq IN (${one}, ${other})`;
const remember = "CREATE TABLE old AS SELECT * FROM events";

describe("an audit of a file that was tampered with", () => {
  it("finds nothing where nothing was done", async () => {
    expect(await harmed()).toEqual([]);
  });

  it("names a row that was changed, in whatever column", async () => {
    const sum = `UPDATE events SET data = replace(data, '5', '6') WHERE seq = 5`;
    expect(await harmed(sum)).toEqual(["changed 5: stageEnded of b is not what was committed"]);
    expect(await harmed("UPDATE events SET at = at + 1 WHERE seq = 3")).toEqual([
      "changed 3: stageEnded of a is not what was committed",
    ]);
    expect(await harmed("UPDATE events SET stage = 'z' WHERE seq = 8")).toEqual([
      "changed 8: stageStarted of z is not what was committed",
    ]);
    expect(await harmed("UPDATE events SET type = 77 WHERE seq = 8")).toEqual([
      "changed 8: an event of unknown type 77 of d is not what was committed",
    ]);
  });

  it("names a large value that was changed or is gone", async () => {
    expect(await harmed("UPDATE payloads SET body = replace(body, 'long', 'LONG')")).toEqual([
      expect.stringMatching(/^changed 7: its large value \w{12} was changed$/),
    ]);
    expect(await harmed("DELETE FROM payloads")).toEqual([
      expect.stringMatching(/^changed 7: its large value \w{12} is gone$/),
    ]);
  });

  it("names a row that was removed, in the middle of a commit, alone, and at the tail", async () => {
    expect(await harmed("DELETE FROM events WHERE seq = 3")).toEqual(["removed 3: event 3 is missing"]);
    expect(await harmed("DELETE FROM events WHERE seq = 5")).toContain("removed 5: event 5 is missing");
    expect(await harmed("DELETE FROM events WHERE seq = 10")).toContain("removed 10: event 10 is missing");
    expect(await harmed("DELETE FROM events WHERE seq > 7")).toEqual(
      [8, 9, 10].map((at) => `removed ${at}: event ${at} is missing`),
    );
  });

  it("is not deceived by a tail cut off together with the count of its events", async () => {
    const cut = ["DELETE FROM events WHERE seq > 8", "UPDATE runs SET head_seq = 8"];
    expect(await harmed(...cut)).toEqual(["changed 8: the run's own record of its last commit is another one"]);
  });

  it("names a row that was added, at the end and in between", async () => {
    const add = (seq: number) => `INSERT INTO events (run_no, seq, type, stage, at) VALUES (1, ${seq}, 1, 'x', 1)`;
    expect(await harmed(add(11))).toContain("added 11: stageStarted of x stands behind the journal's end");
    expect(await harmed(add(11), "UPDATE runs SET head_seq = 11")).toEqual([
      "added 11: stageStarted of x belongs to no commit",
    ]);
    const room = "UPDATE events SET seq = -seq - 1 WHERE seq > 5";
    const shifted = [room, "UPDATE events SET seq = -seq WHERE seq < 0", add(6), "UPDATE runs SET head_seq = 11"];
    expect(await harmed(...shifted)).toEqual(["added 6: stageStarted of x belongs to no commit"]);
  });

  it("names rows that were reordered, within a commit and across two", async () => {
    const moved = (seq: number) =>
      expect.stringMatching(new RegExp(`^reordered ${seq}: .* stands where another event was$`));
    expect(await harmed(remember, swap(2, 4))).toEqual([moved(2), moved(4)]);
    expect(await harmed(remember, swap(5, 8))).toEqual([moved(5), moved(8)]);
  });

  it("names a commit whose own hash was changed", async () => {
    const found = await harmed("UPDATE events SET link = zeroblob(36) WHERE seq = 5");
    expect(found).toContain("changed 5: stageEnded of b is not what was committed");
  });

  it("finds that rows lost what ties them together", async () => {
    const found = await harmed("UPDATE events SET link = NULL", "UPDATE runs SET head_hash = NULL");
    expect(found).toHaveLength(10);
    expect(found[0]).toBe("unchained 1: runStarted belongs to no commit");
  });

  it("finds an audit trail that was changed or cut short, which the file itself refuses", async () => {
    await expect(harmed("UPDATE audit SET actor = 'eve' WHERE seq = 1")).rejects.toThrow("the audit trail stays");
    await expect(harmed("DELETE FROM audit")).rejects.toThrow("the audit trail stays");
    const open = ["DROP TRIGGER audit_fixed", "DROP TRIGGER audit_stays"];
    expect(await harmed(...open, "UPDATE audit SET actor = 'eve' WHERE seq = 1")).toEqual([
      "changed 1: audit trail: entry 1, held by eve",
    ]);
    expect(await harmed(...open, "DELETE FROM audit WHERE seq = 2")).toEqual([
      "removed 2: audit trail: entry 2 is missing",
    ]);
  });
});
