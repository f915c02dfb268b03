import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.js";
import type { Json, JsonObject } from "../../../src/core/json.js";
import { LIMITS } from "../../../src/core/plan.js";
import { advanced, approval, definition, ended, entry, heldRun, newRun, patch, started, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const odd = JSON.parse(`{
  "__proto__": {"constructor": 1}, "constructor": null, "toString": "x", "$payload": "abc", "$ref": "#", "": "empty",
  "ünï": "🚀\\u0000\\ud800\\u2028'\\"\\\\", "numbers": [0, -1.5, 1e300, 123456789012345680000, 5e-324], "deep": [[[[{}]]]]
}`) as JsonObject;

const large = (mark: string, bytes: number): JsonObject => ({ mark, text: 'é🚀 "quoted"\n'.repeat(bytes / 18), odd });

export function payloadsContract(opened: Opened): void {
  const roundTrip = async (events: readonly Event[]) => {
    const { store } = opened();
    const lease = await heldRun(store);
    expect(await store.commit([entry(lease, events)])).toEqual(["done"]);
    expect((await store.readEvents("run-1", 1)).map((recorded) => recorded.event)).toEqual(events);
  };

  describe("data", () => {
    it("comes back with every key and letter, small and large", async () => {
      await roundTrip([ended("a", odd), ended("b", large("b", 6_000)), ended("c", large("c", 1_000_000))]);
    });

    it("may be large in every field that carries it", async () => {
      const data = large("x", 9_000);
      await roundTrip([
        { type: "scopeOpened", at: T0, stage: "s", attempt: 1, items: [data, data], inputs: data },
        { type: "stageWaiting", at: T0, stage: "w", waiting: { event: { name: "e", match: data, outcome: "event" } } },
        { type: "stepRecorded", at: T0, stage: "w", key: "k".repeat(5000), value: data },
        { type: "stageEnded", at: T0, stage: "w", outcome: "x", outputs: data, result: data, set: data, explain: data },
        { type: "runEnded", at: T0, status: "succeeded", outputs: data },
      ]);
    });

    it("may look like a reference without being taken for one", async () => {
      const hash = "f".repeat(64);
      const fakes: Json[] = [{ $payload: hash }, hash, { refs: { outputs: hash } }, [hash]];
      await roundTrip(fakes.map((fake, i) => ended(`s${i}`, { fake, large: large("y", 5_000) })));
    });

    it("may be nested deeply", async () => {
      let deep: Json = "bottom";
      for (let i = 0; i < 2_000; i++) deep = [deep];
      await roundTrip([ended("a", deep), ended("b", { deep, large: "z".repeat(9_000) })]);
    });

    it("is large in inputs, run outputs, approvals and messages too", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      const data = large("big", 20_000);
      const [first] = newRun("run-1").events;
      const events = [{ ...first, inputs: data } as Event];
      const lease = await heldRun(store, "run-1", { events });
      const row = approval("A1", "run-1", { request: { ...approval("A1", "run-1").request, show: data } });
      await store.commit([entry(lease, [], { row: patch({ outputs: data }), opened: [row] })]);
      await store.post("run-1", { type: "event", name: "e", data, by: "ann" }, T0);
      expect((await store.readEvents("run-1"))[0]!.event).toEqual(events[0]);
      expect((await store.getRun("run-1"))!.outputs).toEqual(data);
      expect((await store.listRuns({}))[0]!.outputs).toEqual(data);
      expect(await store.listApprovals({})).toEqual([row]);
      expect((await store.inbox("run-1"))[0]!.body).toMatchObject({ data });
    });

    it("is refused over the limit before anything is written", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const other = await heldRun(store, "other");
      const fits = "x".repeat(LIMITS.payloadBytes - 2);
      const refused = { code: "payload-too-large" };
      const entries = [entry(other, [started("a")]), entry(lease, [started("a"), ended("a", `${fits}x`)])];
      await expect(store.commit(entries)).rejects.toMatchObject(refused);
      await expect(
        store.commit([entry(lease, [ended("a", "é".repeat(LIMITS.payloadBytes / 2))])]),
      ).rejects.toMatchObject(refused);
      const outputs = { huge: `${fits}` };
      await expect(store.commit([entry(lease, [], { row: patch({ outputs }) })])).rejects.toMatchObject(refused);
      await expect(store.post("run-1", { type: "event", name: "e", data: fits, by: "ann" }, T0)).rejects.toMatchObject(
        refused,
      );
      const inputs = { huge: fits };
      const events = [{ ...newRun("new").events[0]!, inputs } as Event];
      await expect(store.createRun(newRun("new", { events }))).rejects.toMatchObject(refused);
      expect(await store.getRun("new")).toBeUndefined();
      expect(await store.readEvents("other")).toHaveLength(1);
      expect(await store.readEvents("run-1")).toHaveLength(1);
      expect(await store.commit([entry(lease, [ended("a", fits)])])).toEqual(["done"]);
      expect(await store.commit([entry(advanced(lease, 1), [started("b")])])).toEqual(["done"]);
    });
  });
}
