import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/core/plan.js";
import { T0 } from "./material.js";
import type { Opened } from "./opened.js";

const result = { outputs: { rows: [1, "two", null] }, outcome: "found", run: "run-1" };

export function cacheContract(opened: Opened): void {
  describe("cached results", () => {
    it("are there until their time is over, for every process", async () => {
      const { store, another } = opened();
      expect(await store.cached("a", T0)).toBeUndefined();
      await store.putCached("a", result, T0, T0 + 1_000);
      const other = await another();
      expect(await other.cached("a", T0 + 999)).toEqual(result);
      expect(await other.cached("a", T0 + 1_000)).toBeUndefined();
      expect(await other.cached("b", T0)).toBeUndefined();
    });

    it("are replaced by what is put later under their name", async () => {
      const { store } = opened();
      await store.putCached("a", result, T0, T0 + 1_000);
      await store.putCached("a", { outputs: {}, run: "run-2" }, T0 + 10, T0 + 5_000);
      expect(await store.cached("a", T0 + 4_999)).toEqual({ outputs: {}, run: "run-2" });
    });

    it("are refused over the limit of a payload", async () => {
      const { store } = opened();
      const outputs = { text: "x".repeat(LIMITS.payloadBytes) };
      await expect(store.putCached("a", { outputs, run: "run-1" }, T0, T0 + 1)).rejects.toMatchObject({
        code: "payload-too-large",
      });
    });
  });
}
