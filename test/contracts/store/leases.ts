import { describe, expect, it } from "vitest";
import { approval, claimed, definition, entry, heldRun, newRun, patch, started, T0, worker } from "./material.js";
import type { Opened } from "./opened.js";

export function leasesContract(opened: Opened): void {
  describe("leases", () => {
    it("gives a run to one owner until the lease is over", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      expect(lease).toEqual({ run: "run-1", owner: "w1", epoch: 1, until: T0 + 30_000, headSeq: 1 });
      expect(await store.claim("run-1", worker("w2"), T0 + 29_999, T0 + 60_000)).toBeUndefined();
      expect(await store.claim("run-1", worker("w1"), T0 + 1, T0 + 60_000)).toBeUndefined();
      const next = await store.claim("run-1", worker("w2"), T0 + 30_000, T0 + 60_000);
      expect(next).toEqual({ run: "run-1", owner: "w2", epoch: 2, until: T0 + 60_000, headSeq: 1 });
      expect(await store.renew(lease, T0 + 90_000)).toBe(false);
      expect(await store.commit([entry(lease, [started("a")])])).toEqual(["fenced"]);
    });

    it("takes a dead owner's lease at once", async () => {
      const { store } = opened();
      await heldRun(store);
      const next = await store.claim("run-1", worker("w2", ["w1"]), T0 + 1, T0 + 60_000);
      expect(next).toMatchObject({ owner: "w2", epoch: 2 });
    });

    it("prolongs a lease on renew and on commit", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      expect(await store.renew(lease, T0 + 40_000)).toBe(true);
      expect(await store.claim("run-1", worker("w2"), T0 + 39_999, T0 + 60_000)).toBeUndefined();
      await store.commit([entry(lease, [started("a")], { leaseUntil: T0 + 50_000 })]);
      expect(await store.claim("run-1", worker("w2"), T0 + 49_999, T0 + 60_000)).toBeUndefined();
      expect(await store.claim("run-1", worker("w2"), T0 + 50_000, T0 + 60_000)).toMatchObject({ headSeq: 2 });
    });

    it("frees a run on release, once, and only by its holder", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      await store.release({ ...lease, epoch: 7 });
      expect(await store.claim("run-1", worker("w2"), T0, T0 + 1)).toBeUndefined();
      await store.release(lease);
      expect(await store.getRun("run-1")).toMatchObject({ owner: null, leaseUntil: null, epoch: 1 });
      const next = await claimed(store, "run-1", worker("w2"));
      await store.release(lease);
      expect(await store.renew(next, T0 + 60_000)).toBe(true);
    });

    it("says so when the run does not exist", async () => {
      const { store } = opened();
      await expect(store.claim("nobody", worker("w1"), T0, T0 + 1)).rejects.toMatchObject({ code: "unknown-run" });
    });

    it("lets exactly one of many claim a run", async () => {
      const fixture = opened();
      const stores = [fixture.store, await fixture.another(), await fixture.another()];
      await fixture.store.putDefinition(definition);
      for (let round = 0; round < 30; round++) {
        const run = `run-${round}`;
        await fixture.store.createRun(newRun(run));
        const dead = round % 2 === 1;
        if (dead) await claimed(fixture.store, run, worker("ghost"));
        const claims = stores.map((store, i) => store.claim(run, worker(`w${i}`, dead ? ["ghost"] : []), T0, T0 + 9));
        expect((await Promise.all(claims)).filter((lease) => lease !== undefined)).toHaveLength(1);
      }
    });
  });

  describe("many leases at once", () => {
    it("are given where the run is free, each once, and end each by itself", async () => {
      const { store } = opened();
      await heldRun(store, "held");
      for (const id of ["a", "b"]) await store.createRun(newRun(id));
      const ask = (run: string, owner: string, until: number) => store.claim(run, worker(owner), T0, until);
      const unknown = ask("nobody", "w1", T0 + 100).catch(({ code }) => code);
      const leases = await Promise.all([
        ask("a", "w1", T0 + 100),
        ask("held", "w1", T0 + 100),
        ask("a", "w1", T0 + 100),
        ask("b", "w2", T0 + 200),
      ]);
      expect(leases[0]).toMatchObject({ run: "a", owner: "w1", epoch: 1, headSeq: 1, until: T0 + 100 });
      expect(leases.slice(1, 3)).toEqual([undefined, undefined]);
      expect(leases[3]).toMatchObject({ run: "b", owner: "w2", epoch: 1 });
      expect(await unknown).toBe("unknown-run");
      await Promise.all([store.release(leases[0]!), store.release({ ...leases[3]!, epoch: 0 })]);
      expect(await store.getRun("a")).toMatchObject({ owner: null, leaseUntil: null });
      expect(await store.getRun("b")).toMatchObject({ owner: "w2", epoch: 1 });
    });
  });

  describe("what can be claimed", () => {
    it("is fair among workflows: many runs of one do not keep a run of another waiting, and what is driven counts", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      for (let at = 1; at <= 6; at++) await store.createRun(newRun(`flood-${at}`, { workflow: "flood" }));
      await store.createRun(newRun("single-1", { workflow: "single" }));
      await store.createRun(newRun("single-2", { workflow: "single" }));
      const ids = async (limit = 100) => (await another()).claimable(worker("w2"), T0, limit);
      expect(await ids(4)).toEqual(["flood-1", "single-1", "flood-2", "single-2"]);
      await claimed(store, "flood-1");
      await claimed(store, "flood-2");
      expect((await ids()).slice(0, 3)).toEqual(["single-1", "single-2", "flood-3"]);
      await claimed(store, "single-1");
      await claimed(store, "single-2");
      expect(await ids(1)).toEqual(["flood-3"]);
    });

    it("goes by priority and then by workflow, and a minute of waiting is worth a point, so that none waits for ever", async () => {
      const { store, another } = opened();
      await store.putDefinition(definition);
      const start = (id: string, priority: number, at = T0) =>
        store.createRun(newRun(id, { workflow: id.slice(0, 1), priority, at }));
      const ids = async (now: number, limit = 100) => (await another()).claimable(worker("w2"), now, limit);
      await start("a-low", -5);
      for (let n = 1; n <= 3; n++) await start(`a-${n}`, 0);
      await start("b-1", 0);
      await start("a-high", 3);
      await start("b-high", 3);
      const minute = 60_000;
      const fresh = ["a-high", "b-high", "a-1", "b-1", "a-2", "a-3", "a-low"];
      expect(await ids(T0 + minute)).toEqual(fresh);
      expect(await ids(T0 + minute, 3)).toEqual(fresh.slice(0, 3));
      expect(await store.getRun("a-low")).toMatchObject({ priority: -5 });
      // Urgent ones keep coming: what has waited a minute for each point it lacks goes with them, the older first.
      await start("a-newer", 3, T0 + 3 * minute);
      const aged = ["a-1", "b-1", "a-2", "b-high", "a-3", "a-high", "a-newer", "a-low"];
      expect(await ids(T0 + 3 * minute)).toEqual(aged);
      expect((await ids(T0 + 8 * minute))[0]).toBe("a-low");
    });

    it("is what has something to do and no live holder, oldest first", async () => {
      const { store } = opened();
      const ids = (owner = worker("w2"), now = T0, limit = 100) => store.claimable(owner, now, limit);
      const leave = async (id: string, over: Parameters<typeof patch>[0]) => {
        const lease = await heldRun(store, id);
        await store.commit([entry(lease, [], { row: patch(over) })]);
        await store.release(lease);
      };
      await leave("running", { status: "running" });
      await leave("rollingBack", { status: "rollingBack" });
      await leave("waiting", { status: "waiting" });
      await leave("timer", { status: "waiting", wakeAt: T0 + 100 });
      await leave("paused", { status: "paused" });
      await leave("over", { status: "succeeded" });
      await store.createRun(newRun("queued"));
      await heldRun(store, "held");
      expect(await ids()).toEqual(["running", "rollingBack", "queued"]);
      expect(await ids(worker("w2"), T0 + 99)).not.toContain("timer");
      expect(await ids(worker("w2"), T0 + 100)).toEqual(["running", "rollingBack", "timer", "queued"]);
      expect(await ids(worker("w2", ["w1"]))).toEqual(["running", "rollingBack", "queued", "held"]);
      expect(await ids(worker("w2"), T0 + 30_000)).toContain("held");
      await store.post("paused", { type: "resume", by: "ann" }, T0);
      await store.post("paused", { type: "resume", by: "bob" }, T0);
      await store.post("held", { type: "cancel", by: "ann" }, T0);
      expect(await ids()).toEqual(["running", "rollingBack", "paused", "queued"]);
      expect(await ids(worker("w2"), T0, 2)).toEqual(["running", "rollingBack"]);
    });

    it("is a waiting run once somebody has decided its approval", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const row = approval("A1", "run-1");
      await store.commit([entry(lease, [], { row: patch({ status: "waiting" }), opened: [row] })]);
      await store.release(lease);
      expect(await store.claimable(worker("w2"), T0, 9)).toEqual([]);
      await store.decideApproval(row, { by: "bob", via: "cli", at: T0, outcome: "approved" }, "approved");
      expect(await store.claimable(worker("w2"), T0, 9)).toEqual(["run-1"]);
    });
  });
}
