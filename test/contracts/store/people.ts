import { describe, expect, it } from "vitest";
import type { InboxBody } from "../../../src/engine/ports.js";
import { advanced, approval, decision, entry, heldRun, started, T0 } from "./material.js";
import type { Opened } from "./opened.js";

export function peopleContract(opened: Opened): void {
  describe("the inbox", () => {
    it("keeps messages in order until a commit consumes them", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await heldRun(store, "other");
      const bodies: InboxBody[] = [
        { type: "event", name: "paid", data: JSON.parse(`{"__proto__": 1, "🚀": [1]}`), by: "bank" },
        { type: "cancel", by: "ann", reason: "wrong" },
        { type: "retry", by: "ann", stage: "a" },
      ];
      for (const body of bodies) await store.post("run-1", body, T0);
      await store.post("other", bodies[1]!, T0);
      const messages = await store.inbox("run-1");
      expect(messages.map((message) => message.body)).toEqual(bodies);
      expect(messages.map((message) => message.id)).toEqual(messages.map((m) => m.id).toSorted((a, b) => a - b));
      expect(messages[0]).toMatchObject({ run: "run-1", at: T0 });
      const consumed = messages.slice(0, 2).map((message) => message.id);
      await store.commit([entry(lease, [started("a")], { consumed })]);
      expect(await store.inbox("run-1")).toEqual(messages.slice(2));
      expect(await store.inbox("other")).toHaveLength(1);
      expect(await store.inbox("nobody")).toEqual([]);
    });

    it("never gives an id twice, even when all messages are gone", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await store.post("run-1", { type: "resume", by: "ann" }, T0);
      const [first] = await store.inbox("run-1");
      await store.commit([entry(lease, [], { consumed: [first!.id] })]);
      await store.post("run-1", { type: "resume", by: "ann" }, T0);
      expect((await store.inbox("run-1"))[0]!.id).toBeGreaterThan(first!.id);
    });

    it("takes no message for a run that does not exist", async () => {
      const { store } = opened();
      const posted = store.post("nobody", { type: "resume", by: "ann" }, T0);
      await expect(posted).rejects.toMatchObject({ code: "unknown-run" });
    });

    it("keeps what is posted at once in the order it was asked for, and a run that does not exist fails nobody else's", async () => {
      const { store } = opened();
      await heldRun(store);
      await heldRun(store, "other");
      const names = Array.from({ length: 30 }, (_, at) => `e${at}`);
      const post = (run: string, name: string) => store.post(run, { type: "event", name, data: null, by: "ann" }, T0);
      const posts = names.flatMap((name) => [post("run-1", name), post("other", name)]);
      const nobodys = post("nobody", "e");
      await expect(nobodys).rejects.toMatchObject({ code: "unknown-run" });
      await Promise.all(posts);
      for (const run of ["run-1", "other"])
        expect((await store.inbox(run)).map(({ body }) => body)).toMatchObject(names.map((name) => ({ name })));
    });
  });

  describe("approvals", () => {
    it("open and close with the commits that say so, and are listed oldest first", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const rows = [approval("Bb", "run-1", { openedAt: T0 + 1 }), approval("Ab", "run-1"), approval("Ac", "run-1")];
      await store.commit([entry(lease, [started("gate")], { opened: rows })]);
      const ids = async (filter: Parameters<typeof store.listApprovals>[0]) =>
        (await store.listApprovals(filter)).map((row) => row.id);
      expect(await store.listApprovals({ idPrefix: "Ab" })).toEqual([rows[1]]);
      expect(await ids({})).toEqual(["Ab", "Ac", "Bb"]);
      expect(await ids({ idPrefix: "A" })).toEqual(["Ab", "Ac"]);
      expect(await ids({ idPrefix: "a" })).toEqual([]);
      expect(await ids({ run: "other" })).toEqual([]);
      const closed = [{ id: "Ab", at: T0 + 9 }];
      await store.commit([entry(advanced(lease, 1), [], { closed })]);
      expect(await ids({ run: "run-1", status: ["open"] })).toEqual(["Ac", "Bb"]);
      const [row] = await store.listApprovals({ status: ["closed"] });
      expect(row).toMatchObject({ id: "Ab", settledAt: T0 + 9, version: 2, outcome: null });
    });

    it("take an id once", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await store.commit([entry(lease, [], { opened: [approval("A1", "run-1")] })]);
      const again = entry(lease, [started("a")], { opened: [approval("A1", "run-1")] });
      await expect(store.commit([again])).rejects.toMatchObject({ kind: "bug" });
      expect(await store.readEvents("run-1")).toHaveLength(1);
    });

    it("keep each decision, settle with the one that does, and tell the run", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const row = approval("A1", "run-1");
      await store.commit([entry(lease, [], { opened: [row] })]);
      expect(await store.decideApproval(row, decision("bob"), undefined)).toBe(true);
      expect(await store.decideApproval(row, decision("eve"), "approved"), "a stale version").toBe(false);
      const [between] = await store.listApprovals({});
      expect(between).toMatchObject({ status: "open", decisions: [decision("bob")], version: 2, outcome: null });
      const [said, listed] = ["plain", "***"].map((comment) => ({ ...decision("cid"), comment }));
      expect(await store.decideApproval(between!, said!, "approved", listed)).toBe(true);
      const [settled] = await store.listApprovals({});
      const decisions = [decision("bob"), said!];
      expect(settled).toMatchObject({
        status: "decided",
        outcome: "approved",
        decisions: [decision("bob"), listed],
        settledAt: T0 + 5,
        version: 3,
      });
      expect(await store.decideApproval(settled!, decision("dan"), undefined), "already decided").toBe(false);
      expect((await store.inbox("run-1")).map((message) => message.body)).toEqual(
        decisions.map((made) => ({ type: "decision", approval: "A1", stage: "gate", decision: made })),
      );
    });

    it("expire once, unless somebody was first", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const rows = [approval("late", "run-1"), approval("decided", "run-1"), approval("closed", "run-1")];
      await store.commit([entry(lease, [], { opened: rows })]);
      await store.commit([entry(lease, [], { closed: [{ id: "closed", at: T0 }] })]);
      await store.decideApproval(rows[1]!, decision("bob"), "approved");
      expect(await store.expireApproval("late", T0 + 7)).toBe(true);
      expect(await store.expireApproval("late", T0 + 8)).toBe(true);
      expect(await store.expireApproval("decided", T0 + 7)).toBe(false);
      expect(await store.expireApproval("closed", T0 + 7)).toBe(false);
      await expect(store.expireApproval("nobody", T0)).rejects.toMatchObject({ code: "unknown-approval" });
      const [late] = await store.listApprovals({ status: ["expired"] });
      expect(late).toMatchObject({ id: "late", outcome: "expired", settledAt: T0 + 7, version: 2 });
      expect(await store.decideApproval(late!, decision("bob"), "approved")).toBe(false);
      expect(await store.inbox("run-1")).toHaveLength(1);
    });

    it("are decided by exactly one of two who decide at once, hundreds of times", async () => {
      const fixture = opened();
      const other = await fixture.another();
      const lease = await heldRun(fixture.store);
      const rows = Array.from({ length: 300 }, (_, i) => approval(`A${i}`, "run-1"));
      await fixture.store.commit([entry(lease, [], { opened: rows })]);
      for (const row of rows) {
        const answers = await Promise.all([
          fixture.store.decideApproval(row, decision("ann"), "approved"),
          other.decideApproval(row, decision("bob", "rejected"), "rejected"),
        ]);
        expect(answers.filter(Boolean), row.id).toHaveLength(1);
      }
      expect(await fixture.store.inbox("run-1")).toHaveLength(rows.length);
    });
  });
}
