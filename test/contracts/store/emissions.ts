import { describe, expect, it } from "vitest";
import type { Event, Waiting } from "../../../src/core/event.js";
import type { Emission } from "../../../src/engine/ports.js";
import { advanced, ended, entry, heldRun, patch, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const waiting = (stage: string, event: NonNullable<Waiting["event"]>): Event => ({
  ...{ type: "stageWaiting", at: T0, stage },
  waiting: { event },
});
const emission = (over: Partial<Emission> = {}): Emission => ({
  ...{ key: "run-1/say", run: "run-1", name: "paid", data: { invoice: "A" }, by: "run run-1", atLeast: 0, hops: 1 },
  ...over,
});

export function emissionsContract(opened: Opened): void {
  describe("an event that a run says", () => {
    it("reaches every run that waits for it, once, whichever process says it again", async () => {
      const { store, another } = opened();
      await heldRun(store, "run-1");
      const plain = await heldRun(store, "run-2");
      await store.commit([entry(plain, [waiting("a", { name: "paid", outcome: "succeeded" })])]);
      const matched = await heldRun(store, "run-3");
      const match = { invoice: "A" };
      await store.commit([entry(matched, [waiting("a", { name: "paid", match, outcome: "succeeded" })])]);
      const unmatched = await heldRun(store, "run-4");
      await store.commit([entry(unmatched, [waiting("a", { name: "paid", match: { invoice: "B" }, outcome: "x" })])]);
      const over = await heldRun(store, "run-5");
      await store.commit([entry(over, [waiting("a", { name: "paid", outcome: "x" })])]);
      await store.commit([entry(advanced(over, 1), [ended("a")])]);
      const gone = await heldRun(store, "run-6");
      const row = patch({ status: "failed", endedAt: T0 });
      await store.commit([entry(gone, [waiting("a", { name: "paid", outcome: "x" })], { row })]);
      expect(await store.emit(emission(), T0)).toBe(2);
      const other = await another();
      expect(await other.emit(emission(), T0 + 1)).toBe(2);
      const body = { type: "event", name: "paid", data: { invoice: "A" }, by: "run run-1" };
      for (const run of ["run-2", "run-3"]) expect(await other.inbox(run)).toMatchObject([{ at: T0, body }]);
      for (const run of ["run-1", "run-4", "run-5", "run-6"]) expect(await other.inbox(run)).toEqual([]);
      expect(await other.emit(emission({ key: "run-1/again" }), T0 + 2)).toBe(2);
      expect(await store.inbox("run-2")).toHaveLength(2);
    });

    it("is not said to fewer than it is meant for, and may be said later", async () => {
      const { store } = opened();
      await heldRun(store, "run-1");
      expect(await store.emit(emission({ atLeast: 1 }), T0)).toBe(0);
      const lease = await heldRun(store, "run-2");
      await store.commit([entry(lease, [waiting("a", { name: "paid", outcome: "succeeded" })])]);
      expect(await store.emit(emission({ atLeast: 1 }), T0)).toBe(1);
      await expect(store.emit(emission({ key: "x", run: "nobody" }), T0)).rejects.toMatchObject({
        code: "unknown-run",
      });
    });
  });
}
