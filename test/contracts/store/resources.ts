import { describe, expect, it } from "vitest";
import { definition, newRun, T0 } from "./material.js";
import type { Opened } from "./opened.js";

export function resourcesContract(opened: Opened): void {
  describe("resources", () => {
    it("add up or stay at their most, whoever measured, and are found by run, workflow and age", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      await store.createRun(newRun("run-1"));
      await store.createRun(newRun("run-2", { at: T0 + 1_000, workflow: "other" }));
      const one = { run: "run-1", cpuMs: 1.5, peakRssBytes: 6_000_000_000, loopDelayMs: 0.25, isShared: false };
      const two = { ...one, run: "run-2", isShared: true };
      await store.addResources([one, two, { ...one, run: "nobody" }]);
      const other = await another();
      await other.addResources([{ run: "run-1", cpuMs: 2, peakRssBytes: 1, loopDelayMs: 7, isShared: true }]);
      const all = { run: "run-1", cpuMs: 3.5, peakRssBytes: 6_000_000_000, loopDelayMs: 7, isShared: true };
      expect(await store.resources({ run: "run-1" })).toEqual([all]);
      expect(await store.resources({ workflow: "other" })).toEqual([two]);
      expect(await store.resources({ since: T0 + 1 })).toEqual([two]);
      expect(await store.resources({})).toHaveLength(2);
    });
  });
}
