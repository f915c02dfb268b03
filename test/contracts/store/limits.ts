import { describe, expect, it } from "vitest";
import type { LimitClaim } from "../../../src/core/limit.js";
import type { Lease, LimitAsk, Store } from "../../../src/engine/ports.js";
import { TURN_MS } from "../../../src/store/limits.js";
import { claimed, entry, heldRun, patch, started, T0, worker } from "./material.js";
import type { Opened } from "./opened.js";

const owner = worker("w1");
const place = (limit = 1, group = "erp"): LimitClaim => ({ kind: "place", group, limit });
const token = (limit: number, per = 1_000, cost = 1): LimitClaim => ({
  kind: "token",
  group: "mail",
  limit,
  per,
  cost,
});
const PLACE = { kind: "place", group: "erp" };

function ask({ run, epoch }: Lease, claims: readonly LimitClaim[], over: Partial<LimitAsk> = {}): LimitAsk {
  return { run, stage: "a", attempt: 1, epoch, outlasts: false, priority: 0, claims, ...over };
}

/** One ask alone. */
async function asked(store: Store, one: LimitAsk, now = T0) {
  const [answer] = await store.askLimits([one], owner, now);
  return answer;
}

export function limitsContract(opened: Opened): void {
  describe("places that all runs share", () => {
    it("are never more than the limit, and go to who asked first, whichever process asks", async () => {
      const { store, another } = opened();
      const runs = [await heldRun(store, "run-1"), await heldRun(store, "run-2"), await heldRun(store, "run-3")];
      const [first, second, third] = runs as [Lease, Lease, Lease];
      const other = await another();
      expect(await asked(store, ask(first, [place()]))).toBeUndefined();
      expect(await asked(other, ask(second, [place()]))).toEqual(PLACE);
      expect(await asked(store, ask(third, [place()]))).toEqual(PLACE);
      expect(await asked(store, ask(first, [place()]))).toBeUndefined();
      await other.leaveLimits(first, ["a"], T0 + 1);
      expect(await asked(store, ask(third, [place()]), T0 + 1)).toEqual(PLACE);
      expect(await asked(store, ask(second, [place()]), T0 + 1)).toBeUndefined();
      expect(await asked(store, ask(third, [place(1, "else")]), T0 + 1)).toBeUndefined();
    });

    it("go to the higher priority first", async () => {
      const { store } = opened();
      const first = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      const third = await heldRun(store, "run-3");
      await asked(store, ask(first, [place()]));
      await asked(store, ask(second, [place()]));
      await asked(store, ask(third, [place()], { priority: 5 }));
      await store.leaveLimits(first, ["a"], T0);
      expect(await asked(store, ask(second, [place()]))).toEqual(PLACE);
      expect(await asked(store, ask(third, [place()], { priority: 5 }))).toBeUndefined();
    });

    it("are settled together for many who ask at once", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const stages = ["a", "b", "c", "d"];
      const answers = await store.askLimits(
        stages.map((stage) => ask(lease, [place(2)], { stage })),
        owner,
        T0,
      );
      expect(answers).toEqual([undefined, undefined, PLACE, PLACE]);
    });

    it("of a lease that is over, or of a process that died, are free again", async () => {
      const { store } = opened();
      const first = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      await asked(store, ask(first, [place()]));
      expect(await asked(store, ask(second, [place()]))).toEqual(PLACE);
      const dead = worker("w2", ["w1"]);
      const [answer] = await store.askLimits([ask(second, [place()])], dead, T0);
      // Its own process is the one that died, too: what counts is that the holder's did.
      expect(answer).toBeUndefined();
      await store.leaveLimits(second, ["a"], T0);
      const again = await claimed(store, "run-1", dead, T0);
      expect(await asked(store, ask(second, [place()]))).toBeUndefined();
      expect(await asked(store, ask(again, [place()]))).toEqual(PLACE);
    });

    it("are neither taken nor given back by one whose lease another has followed", async () => {
      const { store } = opened();
      const late = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      const holder = await claimed(store, "run-1", worker("w2", ["w1"]), T0);
      expect(await asked(store, ask(holder, [place()]))).toBeUndefined();
      expect(await asked(store, ask(late, [place()]))).toEqual(PLACE);
      await store.keepLimits(late, [], T0);
      await store.leaveLimits(late, ["a"], T0);
      expect(await asked(store, ask(second, [place()]))).toEqual(PLACE);
      await store.leaveLimits(holder, ["a"], T0);
      expect(await asked(store, ask(second, [place()]))).toBeUndefined();
    });

    it("without a lease are held until they are given back or the run ends", async () => {
      const { store } = opened();
      const first = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      await asked(store, ask(first, [place()], { outlasts: true }));
      await store.release(first);
      expect(await asked(store, ask(second, [place()]))).toEqual(PLACE);
      const again = await claimed(store, "run-1");
      await store.keepLimits(again, ["a", "b"], T0);
      expect(await asked(store, ask(second, [place()]))).toEqual(PLACE);
      await store.commit([entry(again, [started("x")], { row: patch({ status: "failed", endedAt: T0 + 1 }) })]);
      expect(await asked(store, ask(second, [place()]))).toBeUndefined();
    });

    it("are not kept for who does not come back in time, and are again for who does", async () => {
      const { store } = opened();
      const first = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      const third = await heldRun(store, "run-3");
      await asked(store, ask(first, [place()]));
      await asked(store, ask(second, [place()]));
      await store.leaveLimits(first, ["a"], T0);
      expect(await asked(store, ask(third, [place()]), T0 + TURN_MS - 1)).toEqual(PLACE);
      expect(await asked(store, ask(third, [place()]), T0 + TURN_MS)).toBeUndefined();
      await store.leaveLimits(third, ["a"], T0 + TURN_MS);
      expect(await asked(store, ask(second, [place()]), T0 + TURN_MS)).toBeUndefined();
    });

    it("given back make the run that is next due, where nobody drives it", async () => {
      const { store } = opened();
      const first = await heldRun(store, "run-1");
      const second = await heldRun(store, "run-2");
      await asked(store, ask(first, [place()]));
      await asked(store, ask(second, [place()]));
      const row = patch({ status: "waiting", wakeAt: T0 + 5_000 });
      await store.commit([entry(second, [started("x")], { row })]);
      await store.release({ ...second, headSeq: 2 });
      expect(await store.claimable(worker("w3"), T0 + 1, 10)).toEqual([]);
      await store.keepLimits(first, [], T0 + 1);
      expect(await store.claimable(worker("w3"), T0 + 1, 10)).toEqual(["run-2"]);
    });
  });

  describe("tokens that all runs share", () => {
    it("are never more than the limit in any stretch of the time, whichever process asks", async () => {
      const { store, another } = opened();
      const lease = await heldRun(store);
      const stores = [store, await another()];
      const taken: number[] = [];
      for (let at = 0; at < 4_000; at += 130) {
        const one = ask(lease, [token(3)], { stage: `s${at}` });
        if ((await asked(stores[at % 2] as Store, one, T0 + at)) === undefined) taken.push(at);
        else await store.leaveLimits(lease, [one.stage], T0 + at);
      }
      for (const from of taken)
        expect(taken.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(3);
      expect(taken.length).toBeGreaterThanOrEqual(12);
    });

    it("say when the next one comes, and go to who asked first", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const of = (stage: string) => ask(lease, [token(1)], { stage });
      expect(await asked(store, of("a"), T0)).toBeUndefined();
      expect(await asked(store, of("b"), T0 + 10)).toEqual({ kind: "token", group: "mail", at: T0 + 1_000 });
      expect(await asked(store, of("c"), T0 + 1_000)).toMatchObject({ kind: "token" });
      expect(await asked(store, of("b"), T0 + 1_000)).toBeUndefined();
    });

    it("are taken once by one attempt however often it asks, and anew by the next", async () => {
      const { store, another } = opened();
      const lease = await heldRun(store);
      const one = ask(lease, [token(2)]);
      expect(await asked(store, one)).toBeUndefined();
      expect(await asked(await another(), one, T0 + 1)).toBeUndefined();
      expect(await asked(store, { ...one, attempt: 2 }, T0 + 2)).toBeUndefined();
      expect(await asked(store, { ...one, attempt: 3 }, T0 + 3)).toMatchObject({ at: T0 + 1_000 });
    });

    it("may cost more than one; what costs more than the limit waits until nothing else counts", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const of = (stage: string, cost: number) => ask(lease, [token(100, 1_000, cost)], { stage });
      expect(await asked(store, of("a", 60))).toBeUndefined();
      expect(await asked(store, of("b", 60), T0 + 1)).toMatchObject({ at: T0 + 1_000 });
      expect(await asked(store, of("b", 60), T0 + 1_000)).toBeUndefined();
      expect(await asked(store, of("c", 900), T0 + 1_001)).toMatchObject({ at: T0 + 2_000 });
      expect(await asked(store, of("c", 900), T0 + 2_000)).toBeUndefined();
    });

    it("come with a place or not at all", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      const both = (stage: string) => ask(lease, [place(), token(2)], { stage });
      expect(await asked(store, both("a"))).toBeUndefined();
      expect(await asked(store, both("b"), T0 + 1)).toEqual(PLACE);
      await store.leaveLimits(lease, ["a", "b"], T0 + 2);
      expect(await asked(store, ask(lease, [token(2)], { stage: "c" }), T0 + 2)).toBeUndefined();
      expect(await asked(store, both("d"), T0 + 3)).toMatchObject({ kind: "token" });
      expect(await asked(store, ask(lease, [place()], { stage: "e" }), T0 + 4)).toEqual(PLACE);
    });

    it("count at what was really used once they are settled: less, more, or nothing at all", async () => {
      const { store, another } = opened();
      const lease = await heldRun(store);
      const of = (stage: string, cost: number) => ask(lease, [token(100, 1_000, cost)], { stage });
      const settle = (stage: string, cost: number) =>
        store.settleTokens({ run: "run-1", stage, attempt: 1, costs: [{ group: "mail", cost }] }, T0 + 2);
      expect(await asked(store, of("a", 90))).toBeUndefined();
      expect(await asked(store, of("b", 60), T0 + 1)).toMatchObject({ at: T0 + 1_000 });
      await settle("a", 40);
      expect(await asked(await another(), of("b", 60), T0 + 3)).toBeUndefined();
      expect(await asked(store, of("c", 20), T0 + 4)).toMatchObject({ at: T0 + 1_000 });
      await settle("b", 90);
      expect(await asked(store, of("c", 20), T0 + 5)).toMatchObject({ at: T0 + 1_003 });
      await settle("b", 0);
      expect(await asked(store, of("c", 20), T0 + 6)).toBeUndefined();
      // Who took nothing of it, and who is settled again, changes nothing for the others.
      await settle("nobody", 100);
      await settle("b", 100);
      expect(await asked(store, of("d", 40), T0 + 7)).toBeUndefined();
    });

    it("taken before the clock was set far back count no more", async () => {
      const { store } = opened();
      const lease = await heldRun(store);
      expect(await asked(store, ask(lease, [token(1)], { stage: "a" }), T0 + 1_000_000)).toBeUndefined();
      expect(await asked(store, ask(lease, [token(1)], { stage: "b" }), T0)).toBeUndefined();
    });
  });
}
