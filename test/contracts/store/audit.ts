import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../../../src/core/audit.js";
import { verifyChain } from "../../../src/core/chain.js";
import type { Event } from "../../../src/core/event.js";
import { advanced, approval, decision, ended, entry, heldRun, patch, started, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export function auditContract(opened: Opened): void {
  describe("the audit chain", () => {
    it("holds over every way in which events come into a journal", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await store.commit([entry(lease, [started("a"), ended("a", { large: "x".repeat(10_000) }), started("b")])]);
      await store.commit([entry(advanced(lease, 3), [])]);
      const third = entry(advanced(lease, 3), [ended("b")]);
      await store.commit([third, entry(advanced(lease, 4), [started("c")])]);
      expect(await store.commit([third]), "a stale writer").toEqual(["fenced"]);
      await store.commit([entry(advanced(lease, 5), [ended("c")])]);
      const chain = (await store.readChain("run-1"))!;
      expect(chain).toMatchObject({ headSeq: 7, rows: { length: 7 } });
      expect(verifyChain(chain, sha256)).toEqual([]);
      expect(chain.rows[2]).toMatchObject({ seq: 3, type: "stageEnded", stage: "a", left: null });
      expect(await store.readChain("nobody")).toBeUndefined();
    });

    it("goes on where another process left it", async () => {
      const fixture = opened();
      const other = await fixture.another();
      const lease = await heldRun(fixture.store);
      await fixture.store.commit([entry(lease, [started("a")])]);
      await fixture.store.release(lease);
      const second = (await other.claim("run-1", { name: "w2", isDead: () => false }, T0, T0 + 1))!;
      await other.commit([entry(second, [ended("a")])]);
      await other.release(second);
      const third = (await fixture.store.claim("run-1", { name: "w1", isDead: () => false }, T0, T0 + 1))!;
      await fixture.store.commit([entry(third, [started("b")])]);
      expect(verifyChain((await other.readChain("run-1"))!, sha256)).toEqual([]);
    });
  });

  describe("the audit trail", () => {
    it("keeps what happened beside the journals in one chain, and tells by run and by time", async () => {
      const fixture = opened();
      const other = await fixture.another();
      const say = (at: number, run: string | null, store = fixture.store) =>
        store.recordAudit({ at, action: "exported", by: "ann", run, detail: { note: `🚀 ${at}` } });
      expect(await say(T0, null)).toMatchObject({ seq: 1, by: "ann" });
      await Promise.all([say(T0 + 1, "run-1"), say(T0 + 2, "run-2", other), say(T0 + 3, "run-1", other)]);
      const all = await fixture.store.readAudit({});
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(all[0]!.detail).toEqual({ note: `🚀 ${T0}` });
      expect(await fixture.store.readAudit({ run: "run-1" })).toHaveLength(2);
      expect(await fixture.store.readAudit({ since: T0 + 2 })).toHaveLength(2);
      const { entries, head } = await fixture.store.readTrail();
      expect(head.seq).toBe(4);
      expect(verifyAudit(entries, head, sha256)).toEqual([]);
    });

    it("says whether a run is under hold by what was said last", async () => {
      const { store } = opened();
      const say = (action: "held" | "released" | "exported") =>
        store.recordAudit({ at: T0, action, by: "ann", run: "run-1", detail: {} });
      expect(await store.isHeld("run-1")).toBe(false);
      await say("held");
      await say("exported");
      expect(await store.isHeld("run-1")).toBe(true);
      expect(await store.isHeld("run-2")).toBe(false);
      await say("released");
      expect(await store.isHeld("run-1")).toBe(false);
    });
  });

  describe("an erasure", () => {
    it("leaves the course of a run and nothing of its content, and the chain still holds", async () => {
      const { store } = opened();
      const lease = await heldRun(store, "run-1", { idempotencyKey: "iban-77" });
      await heldRun(store, "run-2");
      const secret = { iban: "DE99-77", long: "DE99-77 ".repeat(2_000) };
      const said = { ...decision("ann"), comment: "DE99-77 is fine", saw: "a".repeat(64) };
      const asked = approval("A1", "run-1");
      const request = { ...asked.request, show: secret };
      await store.commit([entry(lease, [started("a"), ended("a", secret)], { opened: [{ ...asked, request }] })]);
      await store.decideApproval(asked, said, "approved");
      await expect(store.eraseRun("run-1", "bob", "asked for", T0)).rejects.toMatchObject({ code: "run-not-ended" });
      const over: Event = { type: "runEnded", at: T0, status: "succeeded", outputs: secret };
      const row = patch({ status: "succeeded", endedAt: T0, outputs: secret });
      await store.commit([entry(advanced(lease, 2), [over], { row })]);
      await store.recordAudit({ at: T0, action: "held", by: "bob", run: "run-1", detail: {} });
      await expect(store.eraseRun("run-1", "bob", "asked for", T0)).rejects.toMatchObject({ code: "run-held" });
      await store.recordAudit({ at: T0, action: "released", by: "bob", run: "run-1", detail: {} });
      expect(await store.eraseRun("run-1", "bob", "asked for", T0 + 9)).toBe(4);
      const left = JSON.stringify([
        await store.readEvents("run-1"),
        await store.getRun("run-1"),
        await store.listApprovals({ run: "run-1" }),
        await store.inbox("run-1"),
      ]);
      expect(left).not.toContain("77");
      expect(left).toContain('"by":"ann"');
      expect((await store.readEvents("run-1")).map(({ event }) => event.type)).toEqual([
        "runStarted",
        "stageStarted",
        "stageEnded",
        "runEnded",
      ]);
      expect(verifyChain((await store.readChain("run-1"))!, sha256)).toEqual([]);
      expect((await store.readAudit({ run: "run-1" })).at(-1)).toMatchObject({
        action: "erased",
        by: "bob",
        at: T0 + 9,
      });
      await expect(store.eraseRun("nobody", "bob", "", T0)).rejects.toMatchObject({ code: "unknown-run" });
    });

    it("is not what throws a run away: one under hold stays, and the trail keeps that another was there", async () => {
      const { store } = opened();
      for (const id of ["run-1", "run-2"]) {
        const lease = await heldRun(store, id);
        await store.commit([entry(lease, [started("a")], { row: patch({ endedAt: T0 }) })]);
        await store.release(lease);
      }
      await store.recordAudit({ at: T0, action: "held", by: "bob", run: "run-1", detail: {} });
      expect(await store.forget(["run-1", "run-2"], T0)).toEqual(["run-2"]);
      expect(await store.getRun("run-1")).toBeDefined();
      expect(await store.readAudit({ run: "run-2" })).toMatchObject([{ action: "pruned", by: "engine" }]);
    });

    it("leaves what another run keeps of the same value", async () => {
      const { store } = opened();
      const large = { text: "shared ".repeat(2_000) };
      for (const id of ["run-1", "run-2"]) {
        const lease = await heldRun(store, id);
        await store.commit([entry(lease, [started("a"), ended("a", large)], { row: patch({ endedAt: T0 }) })]);
      }
      await store.eraseRun("run-1", "bob", "asked for", T0);
      expect((await store.readEvents("run-2"))[2]!.event).toMatchObject({ outputs: large });
      expect(verifyChain((await store.readChain("run-2"))!, sha256)).toEqual([]);
    });
  });
}
