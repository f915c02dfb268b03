import { describe, expect, it } from "vitest";
import { claimed, definition, entry, newRun, patch, started, T0 } from "./material.js";
import type { Opened } from "./opened.js";

export function groupsContract(opened: Opened): void {
  describe("groups of runs", () => {
    it("know which of their runs came before one and have not ended", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      const group = { name: "budget" };
      await store.createRun(newRun("run-9", { group }));
      await store.createRun(newRun("run-2", { group: { name: "other" } }));
      await store.createRun(newRun("run-3"));
      await store.createRun(newRun("run-1", { group }));
      await store.createRun(newRun("run-5", { group }));
      const other = await another();
      expect(await other.runsAhead("run-5")).toEqual(["run-9", "run-1"]);
      expect(await other.runsAhead("run-9")).toEqual([]);
      expect(await other.runsAhead("run-3")).toEqual([]);
      const lease = await claimed(store, "run-9");
      await store.commit([entry(lease, [started("a")], { row: patch({ status: "failed", endedAt: T0 + 1 }) })]);
      expect(await other.runsAhead("run-5")).toEqual(["run-1"]);
      await expect(other.runsAhead("run-7")).rejects.toMatchObject({ code: "unknown-run" });
    });

    it("refuse one too many where they are asked to, and keep nothing of it", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      const group = { name: "budget", limit: 1 };
      await store.createRun(newRun("run-1", { group, idempotencyKey: "k" }));
      await expect(store.createRun(newRun("run-2", { group }))).rejects.toMatchObject({ code: "group-full" });
      expect(await store.getRun("run-2")).toBeUndefined();
      const again = await store.createRun(newRun("run-3", { group, idempotencyKey: "k" }));
      expect(again).toMatchObject({ created: false, run: { id: "run-1" } });
    });
  });
}
