import { describe, expect, it } from "vitest";
import { definition, newRun, T0 } from "./material.js";
import type { Opened } from "./opened.js";

export function summariesContract(opened: Opened): void {
  describe("summaries", () => {
    it("are kept for every process, found by workflow and age, and give way to newer ones", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      await store.createRun(newRun("run-1"));
      await store.createRun(newRun("run-2", { at: T0 + 1_000, workflow: "other" }));
      const one = { run: "run-1", seq: 1, maker: "m", body: '{"a":1}' };
      const two = { ...one, run: "run-2" };
      await store.keepSummaries([one, two, { ...one, run: "nobody" }]);
      await store.keepSummaries([{ ...one, seq: 2, body: "{}" }]);
      const other = await another();
      expect(await other.summaries({ workflow: "payment" })).toEqual([{ ...one, seq: 2, body: "{}" }]);
      expect(await other.summaries({ since: T0 + 1 })).toEqual([two]);
      expect(await other.summaries({})).toHaveLength(2);
    });

    it("can be thrown away, and are gone with a run", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      await store.createRun(newRun("run-1"));
      await store.keepSummaries([{ run: "run-1", seq: 1, maker: "m", body: "{}" }]);
      expect(await store.dropSummaries()).toBe(1);
      expect(await store.summaries({})).toEqual([]);
    });
  });
}
