import { describe, expect, it } from "vitest";
import type { AlertFact } from "../../../src/core/alert.js";
import { definition, entry, heldRun, newRun, T0 } from "./material.js";
import type { Opened } from "./opened.js";

const fact: AlertFact = {
  key: "run-1/2/failed/0",
  on: "failed",
  channel: "ops",
  seq: 2,
  stage: "pay",
  at: T0,
  dueAt: T0 + 10,
};

export function alertsContract(opened: Opened): void {
  describe("alerts", () => {
    it("come with the commit of what they are about, once for a key, and not with one that is fenced", async () => {
      const { store, another } = opened();
      const lease = await heldRun(store);
      const fenced = { ...fact, key: "never" };
      expect(await store.commit([entry({ ...lease, epoch: lease.epoch + 1 }, [], { alerts: [fenced] })])).toEqual([
        "fenced",
      ]);
      await store.commit([entry(lease, [], { alerts: [fact, fact] })]);
      const later = { ...fact, key: "later", at: T0 + 1, dueAt: T0 + 99 };
      await store.commit([entry(lease, [], { alerts: [{ ...fact, dueAt: 1 }, later] })]);
      const rows = await (await another()).listAlerts({ run: "run-1" });
      const row = { run: "run-1", workflow: "payment", attempts: 0, status: "pending", error: null };
      expect(rows).toEqual([
        { ...later, ...row },
        { ...fact, ...row },
      ]);
      expect(await store.listAlerts({ limit: 1, status: ["pending"] })).toHaveLength(1);
      expect(await store.listAlerts({ run: "run-2" })).toEqual([]);
    });

    it("come with a run that nobody has driven yet, and once though its driver finds them anew", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      const slow = { ...fact, key: "run-9/slow/0", on: "slow" as const, seq: 1 };
      await store.createRun(newRun("run-9", { alerts: [slow] }));
      expect(await (await another()).takeAlerts(T0 + 10, T0 + 100, 5)).toMatchObject([{ key: slow.key, run: "run-9" }]);
    });

    it("are taken by one, when they are due, and are due again when nobody says how it went", async () => {
      const { store, another } = opened();
      await store.commit([entry(await heldRun(store), [], { alerts: [fact] })]);
      expect(await store.takeAlerts(T0, T0 + 100, 5)).toEqual([]);
      const stores = [store, await another(), await another()];
      const taken = await Promise.all(stores.map((one) => one.takeAlerts(T0 + 10, T0 + 100, 5)));
      expect(taken.flat()).toMatchObject([{ key: fact.key, attempts: 1, stage: "pay", run: "run-1" }]);
      expect(await store.takeAlerts(T0 + 99, T0 + 200, 5)).toEqual([]);
      expect(await store.takeAlerts(T0 + 100, T0 + 200, 5)).toMatchObject([{ attempts: 2 }]);
    });

    it("are tried again, sent, or given up as they are told", async () => {
      const { store } = opened();
      await store.commit([entry(await heldRun(store), [], { alerts: [fact] })]);
      await store.takeAlerts(T0 + 10, T0 + 100, 5);
      await store.settleAlert(fact.key, { status: "pending", dueAt: T0 + 50, error: "no answer" });
      expect(await store.listAlerts({})).toMatchObject([{ status: "pending", dueAt: T0 + 50, error: "no answer" }]);
      expect(await store.takeAlerts(T0 + 50, T0 + 100, 5)).toHaveLength(1);
      await store.settleAlert(fact.key, { status: "sent" });
      expect(await store.takeAlerts(T0 + 999, T0 + 1_000, 5)).toEqual([]);
      expect(await store.listAlerts({ status: ["sent"] })).toMatchObject([{ attempts: 2, error: null }]);
      expect(await store.countAlerts()).toEqual({ sent: 1 });
    });
  });
}
