import { describe, expect, it } from "vitest";
import type { NewOccurrence } from "../../../src/engine/ports.js";
import { heldRun, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const occurrence = (over: Partial<NewOccurrence> = {}): NewOccurrence => ({
  ...{
    key: "a",
    source: "webhook",
    name: "orders/paid",
    data: { order: 7 },
    by: "trigger:orders/paid",
    at: T0,
    hops: 0,
  },
  ...over,
});
const PAID = { source: "event", name: "paid" } as const;

export function occurrencesContract(opened: Opened): void {
  describe("what happened outside", () => {
    it("is kept once for each key, in order, for every process, and read by source and name", async () => {
      const { store, another } = opened();
      expect([await store.lastOccurrence(), await store.keepOccurrence(occurrence())]).toEqual([0, true]);
      expect(await store.keepOccurrence(occurrence({ data: "other" }))).toBe(false);
      await store.keepOccurrence(occurrence({ key: "b", source: "event" }));
      await store.keepOccurrence(occurrence({ key: "c", data: [1, null] }));
      const other = await another();
      const found = await other.occurrences(occurrence(), 0, 10);
      expect(found).toMatchObject([occurrence(), occurrence({ key: "c", data: [1, null] })]);
      expect(found[1]?.no).toBe(await other.lastOccurrence());
      expect(await other.occurrences(occurrence(), 0, 1)).toHaveLength(1);
      expect(await other.occurrences(occurrence(), found[0]!.no, 10)).toMatchObject([{ key: "c" }]);
    });

    it("has no number before one that was read: several who keep at once leave no gap behind a reader", async () => {
      const { store, another } = opened();
      const stores = [store, await another(), await another()];
      const seen = new Set<string>();
      let last = 0;
      const read = async () => {
        for (const { no, key } of await store.occurrences(PAID, last, 100)) {
          seen.add(key);
          last = no;
        }
      };
      const keep = (at: number) => stores[at % 3]!.keepOccurrence(occurrence({ ...PAID, key: `k${at}` }));
      await Promise.all(Array.from({ length: 30 }, (_, at) => Promise.all([keep(at), read()])));
      await read();
      expect(seen.size).toBe(30);
    });

    it("is thrown away up to a number where it is old enough, and numbers are not used again", async () => {
      const { store } = opened();
      for (const [key, at] of [
        ["a", T0],
        ["b", T0 + 5],
        ["c", T0],
      ] as const)
        await store.keepOccurrence(occurrence({ key, at }));
      const [, second] = await store.occurrences(occurrence(), 0, 10);
      await store.dropOccurrences(second!.no, T0 + 5);
      expect((await store.occurrences(occurrence(), 0, 10)).map(({ key }) => key)).toEqual(["b", "c"]);
      await store.dropOccurrences(Number.MAX_SAFE_INTEGER, T0 + 6);
      expect(await store.occurrences(occurrence(), 0, 10)).toEqual([]);
      await store.keepOccurrence(occurrence({ key: "d" }));
      expect((await store.occurrences(occurrence(), second!.no + 1, 10)).map(({ key }) => key)).toEqual(["d"]);
    });

    it("is also each event that a run or somebody outside says, once however often it is said", async () => {
      const { store } = opened();
      await heldRun(store, "run-1");
      const said = { ...{ key: "run-1/say", run: "run-1", name: "paid", data: { order: 7 } }, by: "run run-1" };
      for (let time = 0; time < 2; time++) {
        await store.emit({ ...said, atLeast: 0, hops: 3 }, T0);
        await store.emit({ ...said, key: "outside", run: null, by: "ann", atLeast: 0, hops: 0 }, T0 + 1);
      }
      await store.emit({ ...said, key: "unheard", atLeast: 1, hops: 0 }, T0);
      expect(await store.occurrences(PAID, 0, 10)).toMatchObject([
        { source: "event", name: "paid", data: { order: 7 }, by: "run run-1", at: T0, hops: 3 },
        { by: "ann", at: T0 + 1, hops: 0, data: { order: 7 } },
      ]);
    });
  });
}
