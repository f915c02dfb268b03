import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import type { CommitEntry, Store } from "../../src/engine/ports.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };

describe("driving a run", () => {
  it("runs independent stages at the same time and dependent ones in order", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("a -> c, b -> c"));
    const done = engine.drive(id, PATIENT);
    const first = await work.next();
    const second = await work.next();
    expect([first.stage, second.stage]).toEqual(["a", "b"]);
    first.succeed();
    await settle();
    expect(work.attempts).toHaveLength(2);
    second.succeed();
    (await work.next()).succeed();
    expect(await done).toBe("ended");
    expect(await journalOf(host.store, id)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
    expect(await host.store.getRun(id)).toMatchObject({ status: "succeeded", ended: 3, owner: null });
  });

  it("starts no effect before all it depends on, its own start included, is on disk", async () => {
    const durable = new Set<string>();
    const store = watched(memoryStore(), (entry) => {
      for (const event of entry.events) if ("stage" in event) durable.add(`${event.type} ${event.stage}`);
    });
    const work = new Stage();
    const seen: boolean[] = [];
    work.answer = ({ stage }) => {
      seen.push(durable.has(`stageStarted ${stage}`) && (stage === "a" || durable.has("stageEnded a")));
      return {};
    };
    const engine = new Engine(testHost([work.type], { store }));
    await engine.drive(await begin(engine, plan("a -> b -> c")), PATIENT);
    expect(seen).toEqual([true, true, true]);
  });

  it("puts the end of one stage and the start of the next into one commit", async () => {
    const commits: string[][] = [];
    const store = watched(memoryStore(), (entry) => commits.push(entry.events.map(({ type }) => type)));
    const engine = new Engine(testHost([new Stage().type], { store }));
    await engine.drive(await begin(engine, plan("a -> b -> c")), PATIENT);
    expect(commits).toEqual([
      ["stageStarted"],
      ["stageEnded", "stageStarted"],
      ["stageEnded", "stageStarted"],
      ["stageEnded", "runEnded"],
    ]);
  });

  it("keeps to maxParallel in a run and to the concurrency of the process over all of them", async () => {
    const work = new Stage();
    const engine = new Engine(testHost([work.type]));
    await engine.drive(await begin(engine, plan("a, b, c, d, e", {}, { maxParallel: 2 })), PATIENT);
    expect(work.widest).toBe(2);

    const shared = new Stage();
    const small = new Engine(testHost([shared.type], { concurrency: 3 }));
    const ids = await Promise.all(["1", "2", "3"].map(() => begin(small, plan("a, b, c, d"))));
    expect(await Promise.all(ids.map((id) => small.drive(id, PATIENT)))).toEqual(["ended", "ended", "ended"]);
    expect(shared.widest).toBe(3);
    expect(shared.attempts).toHaveLength(12);
  });

  it("tells listeners only what is on disk, in order and without gaps", async () => {
    const store = memoryStore();
    const engine = new Engine(testHost([new Stage().type], { store }));
    const id = await begin(engine, plan("a -> b"));
    const heard: number[] = [];
    const late: Promise<unknown>[] = [];
    const listener = (run: string, events: readonly { readonly seq: number }[]) => {
      for (const { seq } of events) {
        heard.push(seq);
        late.push(store.readEvents(run, seq - 1, 1).then(([kept]) => expect(kept?.seq).toBe(seq)));
      }
    };
    await engine.drive(id, { ...PATIENT, listener });
    await Promise.all(late);
    expect(heard).toEqual([2, 3, 4, 5, 6]);
  });

  it("is refused while another process holds the run", async () => {
    const store = memoryStore();
    const work = new Stage().hold();
    const one = new Engine(testHost([work.type], { store }));
    const two = new Engine(testHost([work.type], { store, owner: { name: "test/2", isDead: () => false } }));
    const id = await begin(one, plan("a"));
    const done = one.drive(id, PATIENT);
    const attempt = await work.next();
    expect(await two.drive(id, PATIENT)).toBe("busy");
    attempt.succeed();
    expect(await done).toBe("ended");
  });

  it("drops results and stops effects when the lease was taken over", async () => {
    const store = memoryStore();
    const work = new Stage().hold();
    const one = testHost([work.type], { store });
    const id = await begin(new Engine(one), plan("a -> b"));
    const done = new Engine(one).drive(id, PATIENT);
    const stale = await work.next();
    const thief = testHost([work.type], { store, owner: { name: "test/2", isDead: (name) => name === "test/1" } });
    const taken = new Engine(thief).drive(id, PATIENT);
    const fresh = await work.next();
    stale.succeed({ from: "stale" });
    expect(await done).toBe("lost");
    expect(fresh.context.idempotencyKey).toBe(stale.context.idempotencyKey);
    fresh.succeed({ from: "fresh" });
    (await work.next()).succeed();
    expect(await taken).toBe("ended");
    const ends = (await store.readEvents(id)).filter(({ event }) => event.type === "stageEnded" && event.stage === "a");
    expect(ends).toHaveLength(1);
    expect(ends[0]?.event).toMatchObject({ outputs: { from: "fresh" } });
  });
});

describe("time", () => {
  it("waits for a timer within its patience and lets go of a run that waits longer", async () => {
    const work = new Stage();
    work.answer = ({ context }) => {
      if (context.attempt === 1)
        throw Object.assign(new Error("busy"), { name: "StageError", code: "busy", retryable: true });
      return {};
    };
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const retry = {
      maxAttempts: 2,
      delay: 60_000,
      backoff: "fixed" as const,
      factor: 1,
      maxDelay: 60_000,
      jitter: "none" as const,
    };
    const id = await begin(engine, plan("a", { a: { retry } }));
    expect(await engine.drive(id, { patience: 1_000 })).toBe("waiting");
    expect(await host.store.getRun(id)).toMatchObject({
      status: "waiting",
      owner: null,
      wakeAt: host.clock.now() + 60_000,
    });
    const done = new Engine(host).drive(id, PATIENT);
    await settle();
    expect(work.attempts, "a restart is no reason to retry before its time").toHaveLength(1);
    host.clock.set(host.clock.now() + 60_000);
    expect(await done).toBe("ended");
    expect(work.attempts.map(({ context }) => context.attempt)).toEqual([1, 2]);
  });

  it("fires what is overdue after a restart, once, and survives a clock that jumps back", async () => {
    const work = new Stage();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const repeat = { maxIterations: 2, delay: 60_000 };
    const id = await begin(engine, plan("a", { a: { repeat } }));
    expect(await engine.drive(id, { patience: 0 })).toBe("waiting");
    host.clock.set(host.clock.now() - 3_600_000);
    expect(await engine.drive(id, { patience: 0 })).toBe("waiting");
    host.clock.set(host.clock.now() + 7_200_000);
    expect(await engine.drive(id, { patience: 0 })).toBe("ended");
    expect(work.attempts).toHaveLength(2);
  });

  it("aborts an attempt that takes too long and drops what it says later", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("a", { a: { timeout: 5_000 } }));
    const done = engine.drive(id, PATIENT);
    const attempt = await work.next();
    host.clock.set(host.clock.now() + 5_000);
    await settle();
    expect(attempt.context.signal.aborted).toBe(true);
    attempt.succeed({ late: true });
    expect(await done).toBe("ended");
    expect(await host.store.getRun(id)).toMatchObject({ status: "failed", error: { code: "timeout" } });
  });
});

describe("stopping", () => {
  it("lets effects in flight end, starts nothing new, and the run goes on later", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("a -> b"));
    const stop = new AbortController();
    const done = engine.drive(id, { ...PATIENT, signal: stop.signal });
    const attempt = await work.next();
    stop.abort();
    attempt.succeed();
    expect(await done).toBe("stopped");
    expect(await journalOf(host.store, id)).toEqual({ a: "succeeded" });
    const again = engine.drive(id, PATIENT);
    (await work.next()).succeed();
    expect(await again).toBe("ended");
    expect(work.attempts.map(({ stage }) => stage)).toEqual(["a", "b"]);
  });

  it("after its grace leaves an effect that ignores it, whose attempt is then known to be lost", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("a"));
    const stop = new AbortController();
    const done = engine.drive(id, { ...PATIENT, signal: stop.signal });
    const deaf = await work.next();
    stop.abort();
    host.clock.set(host.clock.now() + 10_000);
    expect(await done).toBe("stopped");
    expect(deaf.context.signal.aborted).toBe(true);
    const again = engine.drive(id, PATIENT);
    const second = await work.next();
    expect(second.context.attempt).toBe(2);
    deaf.succeed({ from: "deaf" });
    second.succeed();
    expect(await again).toBe("ended");
    const types = (await host.store.readEvents(id)).map(({ event }) => event.type);
    expect(types.filter((type) => type === "attemptLost")).toHaveLength(1);
  });
});

describe("atMostOnce", () => {
  it("never repeats an attempt whose end is unknown: a person must say", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const id = await begin(engine, plan("pay -> b", { pay: { delivery: "atMostOnce" } }));
    const stop = new AbortController();
    const done = engine.drive(id, { ...PATIENT, signal: stop.signal });
    await work.next();
    stop.abort();
    host.clock.set(host.clock.now() + 10_000);
    await done;
    expect(await engine.drive(id, PATIENT)).toBe("paused");
    expect(work.attempts).toHaveLength(1);
    await host.store.post(id, { type: "skip", by: "ann", stage: "pay" }, host.clock.now());
    const last = engine.drive(id, PATIENT);
    (await work.next()).succeed();
    expect(await last).toBe("ended");
  });
});

/** A store that tells of every entry once it is kept. */
function watched(store: Store, tell: (entry: CommitEntry) => void): Store {
  return {
    ...store,
    async commit(entries) {
      const outcomes = await store.commit(entries);
      for (const entry of entries) tell(entry);
      return outcomes;
    },
  };
}
