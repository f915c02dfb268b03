import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.js";
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
  started,
  T0,
  worker,
} from "./material.js";
import type { Opened } from "./opened.js";

export function journalContract(opened: Opened): void {
  describe("the journal", () => {
    it("keeps events in order, from 1 and without gaps, and reads them in pages", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      expect(await store.commit([entry(lease, [started("a"), ended("a")])])).toEqual(["done"]);
      expect(await store.commit([entry(advanced(lease, 2), [started("b")])])).toEqual(["done"]);
      const all = await store.readEvents("run-1");
      expect(all.map((recorded) => recorded.seq)).toEqual([1, 2, 3, 4]);
      expect(all.slice(1).map((recorded) => recorded.event)).toEqual([started("a"), ended("a"), started("b")]);
      expect(await store.readEvents("run-1", 1, 2)).toEqual(all.slice(1, 3));
      expect(await store.readEvents("run-1", 4)).toEqual([]);
      expect(await store.readEvents("nobody")).toEqual([]);
    });

    it("gives back every kind of event as it was", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const error = { code: "x", message: "m", retryable: true, details: { deep: [null] } };
      const events: Event[] = [
        { type: "scopeOpened", at: T0, stage: "load", attempt: 1, items: [1, "two", null] },
        { type: "stageWaiting", at: T0, stage: "load[0]/w", waiting: { timers: [{ outcome: "until", at: T0 }] } },
        { type: "decisionMade", at: T0, stage: "g", decision: { by: "bob", via: "cli", at: T0, outcome: "approved" } },
        { type: "stepRecorded", at: T0, stage: "a", key: "turn-1", value: { text: "hi" } },
        { type: "attemptFailed", at: T0, stage: "a", attempt: 1, error, retryAt: T0 + 5 },
        { type: "attemptLost", at: T0, stage: "a", attempt: 2 },
        { type: "stageEnded", at: T0, stage: "a", outcome: "failed", error, set: { risk: "low" }, explain: [1] },
        { type: "runPaused", at: T0, by: "ann", reason: "look", stage: "a" },
        { type: "runResumed", at: T0, by: "ann" },
        { type: "stageRetried", at: T0, stage: "a", by: "ann" },
        { type: "iterationOpened", at: T0, stage: "a", index: 1, startAt: T0 },
        { type: "stageClosing", at: T0, stage: "a", outcome: "failed", error, final: false },
        { type: "finallyOpened", at: T0, stage: "a", status: "failed" },
        { type: "runReopened", at: T0, by: "ann" },
        { type: "runForked", at: T0, from: "run0", stage: "a", by: "ann" },
        { type: "runMigrated", at: T0, from: "h1", to: "h2", version: "2.0.0", by: "ann", inputs: { a: 1 } },
        { type: "cancelRequested", at: T0, by: "ann" },
        { type: "rollbackStarted", at: T0, by: "ann", reason: "r", error },
        { type: "compensationStarted", at: T0, stage: "a", attempt: 1 },
        { type: "compensationFailed", at: T0, stage: "a", attempt: 1, error },
        { type: "compensated", at: T0, stage: "a", result: 3 },
        { type: "runEnding", at: T0, status: "failed", outputs: {}, error },
        { type: "runEnded", at: T0, status: "rollbackFailed", left: ["a"] },
      ];
      await store.commit([entry(lease, events)]);
      expect((await store.readEvents("run-1", 1)).map((recorded) => recorded.event)).toEqual(events);
    });

    it("pins the run to another definition with the commit that says so, or not at all", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const hash = "e".repeat(64);
      await store.putDefinition({ ...definition, hash, version: "2.0.0" });
      const more = { definition: { hash, version: "2.0.0" } };
      const stale = { ...lease, epoch: lease.epoch - 1 };
      expect(await store.commit([entry(stale, [started("a")], more)])).toEqual(["fenced"]);
      expect(await store.getRun("run-1")).toMatchObject({ definition: definition.hash, version: "1.0.0" });
      expect(await store.commit([entry(lease, [started("a")], more)])).toEqual(["done"]);
      expect(await store.getRun("run-1")).toMatchObject({ definition: hash, version: "2.0.0", headSeq: 2 });
      expect(await store.commit([entry(advanced(lease, 1), [ended("a")])])).toEqual(["done"]);
      expect(await store.getRun("run-1")).toMatchObject({ definition: hash, version: "2.0.0", headSeq: 3 });
    });

    it("shows the row the commit brought", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const failure = { code: "gone", message: "no", retryable: false };
      const counts = { stages: 9, ended: 5, failed: 1 };
      const rest = {
        wakeAt: T0 + 9,
        waitingFor: "approval gate",
        outputs: { a: [1] },
        error: failure,
        endedAt: T0 + 2,
      };
      const row = patch({ status: "waiting", updatedAt: T0 + 1, ...counts, ...rest });
      await store.commit([entry(lease, [started("a")], { row, leaseUntil: T0 + 77 })]);
      expect(await store.getRun("run-1")).toMatchObject({
        ...row,
        headSeq: 2,
        leaseUntil: T0 + 77,
        epoch: lease.epoch,
      });
    });

    it("takes a commit of no events and an empty commit", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      expect(await store.commit([])).toEqual([]);
      expect(await store.commit([entry(lease, [], { row: patch({ status: "paused" }) })])).toEqual(["done"]);
      expect(await store.getRun("run-1")).toMatchObject({ status: "paused", headSeq: 1 });
    });

    it("keeps thousands of events in one commit", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const events = Array.from({ length: 5000 }, (_, i) => ended(`load[${i}]`, { i }));
      expect(await store.commit([entry(lease, events)])).toEqual(["done"]);
      const back = await store.readEvents("run-1", 1);
      expect(back).toHaveLength(5000);
      expect(back.at(-1)).toEqual({ seq: 5001, event: events.at(-1) });
    });

    it("is not changed by what its callers do to their lists afterwards", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const events = [started("a")];
      await store.commit([entry(lease, events)]);
      events.push(started("b"));
      ((await store.readEvents("run-1")) as unknown[]).length = 0;
      expect(await store.readEvents("run-1")).toHaveLength(2);
    });
  });

  describe("fencing", () => {
    it("fences a stale seq, a stale epoch, a released lease and an unknown run", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await store.commit([entry(lease, [started("a")])]);
      const now = advanced(lease, 1);
      expect(await store.commit([entry(lease, [started("x")])])).toEqual(["fenced"]);
      expect(await store.commit([entry(advanced(lease, 2), [started("x")])])).toEqual(["fenced"]);
      expect(await store.commit([entry({ ...now, run: "nobody" }, [started("x")])])).toEqual(["fenced"]);
      await store.release(lease);
      expect(await store.commit([entry(now, [started("x")])])).toEqual(["fenced"]);
      const next = await claimed(store, "run-1", worker("w2"));
      expect(await store.commit([entry(now, [started("x")])])).toEqual(["fenced"]);
      expect(await store.commit([entry(next, [started("b")])])).toEqual(["done"]);
      expect((await store.readEvents("run-1")).map((r) => r.event)).toEqual([
        newRun("run-1").events[0],
        started("a"),
        started("b"),
      ]);
    });

    it("keeps the other runs of a commit in which one is fenced, and nothing of that one", async () => {
      const { store } = opened();
      const [a, b, c] = [await heldRun(store, "a"), await heldRun(store, "b"), await heldRun(store, "c")];
      await store.post("b", { type: "resume", by: "ann" }, T0);
      const consumed = (await store.inbox("b")).map((message) => message.id);
      const stale = entry({ ...b, epoch: b.epoch + 1 }, [started("x")], { opened: [approval("A1", "b")], consumed });
      const outcomes = await store.commit([entry(a, [started("x")]), stale, entry(c, [started("x")])]);
      expect(outcomes).toEqual(["done", "fenced", "done"]);
      expect(await store.readEvents("a")).toHaveLength(2);
      expect(await store.readEvents("b")).toHaveLength(1);
      expect(await store.readEvents("c")).toHaveLength(2);
      expect(await store.listApprovals({})).toEqual([]);
      expect(await store.inbox("b")).toHaveLength(1);
    });

    it("takes several entries of one run in one commit, in order", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const entries = [
        entry(lease, [started("a")]),
        entry(advanced(lease, 1), [ended("a")]),
        entry(lease, [started("x")]),
      ];
      expect(await store.commit(entries)).toEqual(["done", "done", "fenced"]);
      expect(await store.readEvents("run-1")).toHaveLength(3);
    });

    it("never records a stage as having done its work twice", async () => {
      const { store } = opened();
      const other = await heldRun(store, "other");
      for (const outcome of ["succeeded", "approved", "constructor"]) {
        const lease = await heldRun(store, `run-${outcome}`);
        await store.commit([entry(lease, [ended("pay", {}, outcome)])]);
        const again = entry(advanced(lease, 1), [ended("pay", {}, "succeeded")]);
        await expect(store.commit([entry(other, [started("a")]), again])).rejects.toMatchObject({ kind: "bug" });
        const twice = entry(advanced(lease, 1), [ended("b", {}, outcome), ended("b", {}, outcome)]);
        await expect(store.commit([twice])).rejects.toMatchObject({ kind: "bug" });
        expect(await store.readEvents(lease.run)).toHaveLength(2);
      }
      expect(await store.readEvents("other"), "nothing of such a commit is kept").toHaveLength(1);
    });

    it("lets a stage that failed, was skipped, omitted or cancelled end again", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const ends = ["failed", "skipped", "omitted", "cancelled", "failed", "succeeded", "failed"];
      const events = ends.map((outcome) => ended("pay", {}, outcome));
      expect(await store.commit([entry(lease, events)])).toEqual(["done"]);
      const items = [ended("load[0]"), ended("load[1]"), ended("pay#2"), ended("pay~2")];
      expect(await store.commit([entry(advanced(lease, events.length), items)])).toEqual(["done"]);
    });
  });
}
