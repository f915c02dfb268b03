import { describe, expect, it } from "vitest";
import { StagecraftError } from "../../src/core/errors.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import type { StageType } from "../../src/plugin/api.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000_000 };
const HOUR = 3_600_000;

/** A memory store with one method replaced. */
function storeWith(changes: (inner: Store) => Partial<Store>): Store {
  const inner = memoryStore();
  return { ...inner, ...changes(inner) };
}

describe("an effect that does not do as it is told", () => {
  it("gives its slot back when it goes on after it was told to stop, and counts again when it ends", async () => {
    const work = new Stage().hold();
    const warned: string[] = [];
    const log = { debug() {}, info() {}, warn: (text: string) => void warned.push(text), error() {} };
    const host = testHost([work.type], { concurrency: 1, log });
    const engine = new Engine(host);
    const done = engine.drive(await begin(engine, plan("deaf, b, c", { deaf: { timeout: 1_000 } })), PATIENT);
    const deaf = await work.next();
    host.clock.set(host.clock.now() + 1_000);
    await settle();
    expect(deaf.context.signal.aborted).toBe(true);
    expect(work.attempts).toHaveLength(1);
    host.clock.set(host.clock.now() + 30_000);
    const b = await work.next();
    expect([b.stage, warned.length]).toEqual(["b", 1]);
    deaf.succeed({ late: true });
    await settle();
    expect(work.attempts).toHaveLength(2);
    b.succeed();
    (await work.next()).succeed();
    expect(await done).toBe("ended");
    expect(await journalOf(host.store, deaf.context.run.id)).toMatchObject({
      deaf: "failed",
      c: "succeeded",
    });
    expect(work.widest).toBe(2);
  });

  it("fails its stage alone when it returns a hundred megabytes", async () => {
    const work = new Stage();
    work.answer = ({ stage }) => (stage === "big" ? { text: "x".repeat(100 * 1024 * 1024) } : {});
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("big, small"));
    expect(await engine.drive(id, PATIENT)).toBe("ended");
    expect(await journalOf(host.store, id)).toEqual({ big: "failed", small: "succeeded" });
    expect(await host.store.getRun(id)).toMatchObject({ status: "failed", error: { code: "payload-too-large" } });
  });
});

describe("a store that fails", () => {
  it.each(["store-full", "store-io", "store-locked"])(
    "with %s ends the drive with that error, and the run goes on later from what was kept",
    async (code) => {
      let failing = 0;
      const store = storeWith((inner) => ({
        commit: async (entries) => {
          failing += 1;
          if (failing === 2) throw new StagecraftError(code, "no", { kind: "environment" });
          return inner.commit(entries);
        },
      }));
      const work = new Stage();
      // One slot: a slot that the failed commit kept would leave nothing to go on with.
      const engine = new Engine(testHost([work.type], { store, concurrency: 1 }));
      const id = await begin(engine, plan("a -> b -> c"));
      await expect(engine.drive(id, PATIENT)).rejects.toMatchObject({ code });
      expect(await store.getRun(id)).toMatchObject({ status: "running", owner: null });
      expect(await engine.drive(id, PATIENT)).toBe("ended");
      expect(await journalOf(store, id)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
      expect(work.attempts.map(({ stage }) => stage)).toEqual(["a", "a", "b", "c"]);
    },
  );

  it("that does not answer for longer than the lease lasts stops the effects, and the run is let go of", async () => {
    const store = storeWith(() => ({ renew: () => new Promise<never>(() => {}) }));
    const work = new Stage().hold();
    const host = testHost([work.type], { store });
    const engine = new Engine(host);
    const done = engine.drive(await begin(engine, plan("a")), PATIENT);
    const attempt = await work.next();
    host.clock.set(host.clock.now() + 11_000);
    await until(() => host.clock.now() > 0, 300);
    host.clock.set(host.clock.now() + 20_000);
    expect(await done).toBe("lost");
    expect(attempt.context.signal.aborted).toBe(true);
  });

  it("that keeps a commit after the lease ran out starts nothing on the strength of it", async () => {
    const work = new Stage();
    const store = storeWith((inner) => ({
      commit: async (entries) => {
        const outcomes = await inner.commit(entries);
        if (entries[0]?.expectedSeq === 1) late.clock.set(late.clock.now() + 31_000);
        return outcomes;
      },
    }));
    const late = testHost([work.type], { store });
    const engine = new Engine(late);
    const id = await begin(engine, plan("a"));
    expect(await engine.drive(id, PATIENT)).toBe("lost");
    expect(work.attempts).toHaveLength(0);
    expect(await engine.drive(id, PATIENT)).toBe("ended");
  });

  it("is told of a lease again when the clock is set back an hour", async () => {
    let renewals = 0;
    const store = storeWith((inner) => ({
      renew: (...given) => {
        renewals += 1;
        return inner.renew(...given);
      },
    }));
    const work = new Stage().hold();
    const host = testHost([work.type], { store });
    const engine = new Engine(host);
    const done = engine.drive(await begin(engine, plan("a")), PATIENT);
    const attempt = await work.next();
    host.clock.set(host.clock.now() - HOUR);
    await until(() => renewals > 0);
    attempt.succeed();
    expect(await done).toBe("ended");
  });
});

describe("a run that is being stopped", () => {
  it("does not wake up again and again to a time that has come", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const stop = new AbortController();
    const id = await begin(engine, plan("a", { a: { timeout: 1_000 } }));
    const done = engine.drive(id, { ...PATIENT, signal: stop.signal });
    await work.next();
    stop.abort();
    host.clock.set(host.clock.now() + 2_000);
    await settle();
    // What is left to wake up to is the end of the grace.
    expect(host.clock.next).toBeGreaterThan(host.clock.now());
    host.clock.set(host.clock.now() + 5_000);
    expect(await done).toBe("stopped");
  });
});

describe("a run that could go on", () => {
  it("is never listed as waiting for want of a slot, so that another process takes it up when this one dies", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type], { concurrency: 1 });
    const engine = new Engine(host);
    const [one, two] = [await begin(engine, plan("a")), await begin(engine, plan("g", { g: { stages: "x" } }))];
    void engine.drive(one, PATIENT);
    await work.next();
    void engine.drive(two, PATIENT);
    await settle();
    expect(await host.store.getRun(two)).toMatchObject({ status: "running" });
    const heir = { name: "test/2", isDead: () => true };
    expect(await host.store.claimable(heir, host.clock.now(), 10)).toContain(two);
  });

  it("goes on though a listener throws", async () => {
    const host = testHost([new Stage().type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("a -> b"));
    const listener = () => {
      throw new Error("a renderer's fault");
    };
    expect(await engine.drive(id, { ...PATIENT, listener })).toBe("ended");
    expect(await journalOf(host.store, id)).toEqual({ a: "succeeded", b: "succeeded" });
  });

  it("has one driver however many resume it at the same moment, five hundred times", async () => {
    const store = memoryStore();
    const work = new Stage();
    const engines = ["one", "two"].map((name) => {
      return new Engine(testHost([work.type], { store, owner: { name, isDead: () => false } }));
    });
    for (let time = 0; time < 500; time++) {
      work.attempts.length = 0;
      const id = await begin(engines[0] as Engine, plan("a -> b"));
      const ends = await Promise.all(engines.map((engine) => engine.drive(id, PATIENT)));
      expect([...ends].sort()).toEqual(["busy", "ended"]);
      expect(work.attempts.map(({ stage }) => stage)).toEqual(["a", "b"]);
    }
  });
});

/** Until it is so; for real time that a regular tick needs. */
async function until(isSo: () => boolean, atLeast = 0): Promise<void> {
  const began = performance.now();
  do await new Promise((resolve) => setTimeout(resolve, 10));
  while (!isSo() || performance.now() - began < atLeast);
}

it("an approval whose time is over as it opens expires once it is on disk, and not before", async () => {
  const told: string[] = [];
  const store = storeWith((inner) => ({
    commit: async (entries) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const outcomes = await inner.commit(entries);
      if (entries.some(({ opened }) => opened.length > 0)) told.push("opened");
      return outcomes;
    },
    expireApproval: (id, now) => {
      told.push("expired");
      return inner.expireApproval(id, now);
    },
  }));
  const ask: StageType = {
    ...{ name: "ask", kind: "wait", title: "Ask", description: "Asks.", outcomes: ["approved", "rejected", "expired"] },
    ...{ input: { type: "object" }, output: { type: "object" } },
    open: (_, { now }) => ({
      approval: {
        ...{ title: "Pay?", show: {}, approvers: ["ann"], forbid: [], quorum: { approve: 1, reject: 1 } },
        outcomes: ["approved", "rejected"],
      },
      timers: [{ outcome: "expired", at: now }],
    }),
  };
  const engine = new Engine(testHost([ask], { store }));
  const gate = { uses: "ask", kind: "wait" as const, outcomes: ["approved", "rejected", "expired"] };
  const id = await begin(engine, plan("gate", { gate }));
  expect(await engine.drive(id, PATIENT)).toBe("ended");
  expect(told).toEqual(["opened", "expired"]);
});
