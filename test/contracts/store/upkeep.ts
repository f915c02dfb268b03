import { describe, expect, it } from "vitest";
import type { RunRecord, Store } from "../../../src/engine/ports.js";
import { advanced, approval, definition, ended, entry, heldRun, newRun, patch, started, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const LARGE = { text: "large ".repeat(2_000) };

/** A run that ended with a large result, released. */
async function overRun(store: Store, id: string, output: object = LARGE): Promise<void> {
  const lease = await heldRun(store, id, { idempotencyKey: id });
  await store.commit([
    entry(lease, [started("pay"), ended("pay", { ...output })], {
      opened: [approval(`approval-${id}`, id)],
      closed: [{ id: `approval-${id}`, at: T0 }],
    }),
  ]);
  const end = patch({ status: "succeeded", endedAt: T0 + 9, outputs: { ...output } });
  await store.commit([
    entry(advanced(lease, 2), [{ type: "runEnded", at: T0 + 9, status: "succeeded" }], { row: end }),
  ]);
  await store.release(lease);
}

async function recordOf(store: Store, id: string): Promise<RunRecord> {
  const run = await store.getRun(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  const [events, approvals] = [await store.readEvents(id), await store.listApprovals({ run: id })];
  return { run, definition, events, approvals };
}

export function upkeepContract(opened: Opened): void {
  describe("upkeep", () => {
    it("counts the runs by how they stand, and finds nothing wrong", async () => {
      const { store } = opened();
      await overRun(store, "run-1");
      await heldRun(store, "run-2");
      expect(await store.status()).toMatchObject({ runs: { succeeded: 1, queued: 1 }, counts: { events: 5 } });
      expect(await store.check()).toEqual([]);
    });

    it("removes runs that are over with all that is theirs, and no others", async () => {
      const { store } = opened();
      await overRun(store, "run-1");
      await overRun(store, "run-2");
      await heldRun(store, "run-3");
      await overRun(store, "run-4");
      await store.post("run-4", { type: "retry", by: "ann" }, T0);
      expect(await store.forget(["run-1", "run-3", "run-4", "run-9"], T0 + 10)).toEqual(["run-1"]);
      expect(await store.getRun("run-1")).toBeUndefined();
      expect(await store.readEvents("run-1")).toEqual([]);
      expect(await store.listApprovals({ run: "run-1" })).toEqual([]);
      await store.sweep();
      expect(await store.readEvents("run-2"), "what they shared is still there").toHaveLength(4);
      expect((await store.getRun("run-2"))?.outputs).toEqual(LARGE);
      expect((await store.listRuns({})).map(({ id }) => id).sort()).toEqual(["run-2", "run-3", "run-4"]);
      const again = await store.createRun(newRun("run-5", { idempotencyKey: "run-1" }));
      expect(again.created, "its key is free again").toBe(true);
      expect(await store.check()).toEqual([]);
    });

    it("leaves a run that was over and is held again", async () => {
      const { store } = opened();
      await overRun(store, "run-1");
      const lease = await store.claim("run-1", { name: "w1", isDead: () => false }, T0, T0 + 100);
      expect(await store.forget(["run-1"], T0 + 50)).toEqual([]);
      expect(lease && (await store.forget(["run-1"], T0 + 100))).toEqual(["run-1"]);
    });

    it("takes back what was removed, as it was", async () => {
      const { store } = opened();
      await overRun(store, "run-1");
      const record = await recordOf(store, "run-1");
      await expect(store.adopt(record)).rejects.toMatchObject({ code: "run-exists" });
      await store.forget(["run-1"], T0 + 10);
      await store.sweep();
      await store.adopt(record);
      const { run, ...rest } = await recordOf(store, "run-1");
      const { run: before, ...restBefore } = record;
      expect(rest).toEqual(restBefore);
      expect({ ...run, epoch: 0 }).toEqual({ ...before, epoch: 0 });
      expect(await store.check()).toEqual([]);
    });

    it("keeps the newest snapshot of a run, as long as the run", async () => {
      const { store, another } = opened();
      await overRun(store, "run-1");
      expect(await store.snapshot("run-1")).toBeUndefined();
      const newer = { seq: 3, reducer: "a", body: "[3]" };
      await store.keepSnapshot("run-1", newer);
      await store.keepSnapshot("run-1", { seq: 2, reducer: "a", body: "[2]" });
      await store.keepSnapshot("no-such-run", newer);
      expect(await (await another()).snapshot("run-1")).toEqual(newer);
      await store.keepSnapshot("run-1", { seq: 3, reducer: "b", body: "[b]" });
      expect(await store.snapshot("run-1")).toMatchObject({ reducer: "b" });
      await store.forget(["run-1"], T0 + 10);
      expect(await store.snapshot("run-1")).toBeUndefined();
    });
  });
}
