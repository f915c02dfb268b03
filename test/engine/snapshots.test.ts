import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import type { Snapshot, Store } from "../../src/engine/ports.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, type TestHost, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const CHAIN = plan("a -> b -> c -> d -> e -> f");

/** A run stopped once `until` began, with a snapshot after every few events. */
async function interrupted(until: string): Promise<{ host: TestHost; run: string; reads: number[] }> {
  const work = new Stage();
  const stop = new AbortController();
  work.answer = ({ stage }) => {
    if (stage === until) stop.abort();
    return {};
  };
  const reads: number[] = [];
  const inner = memoryStore();
  const store: Store = {
    ...inner,
    readEvents(run, after = 0, limit) {
      reads.push(after);
      return inner.readEvents(run, after, limit);
    },
  };
  const host = testHost([work.type], { store, snapshotEvery: 3 });
  const run = await begin(new Engine(host), CHAIN);
  expect(await new Engine(host).drive(run, { patience: 0, signal: stop.signal })).toBe("stopped");
  reads.length = 0;
  return { host, run, reads };
}

describe("a run taken up again", () => {
  it("reads only what came after its snapshot", async () => {
    const { host, run, reads } = await interrupted("d");
    const { seq = 0 } = (await host.store.snapshot(run)) ?? {};
    expect(seq).toBeGreaterThan(3);
    expect(await new Engine(host).drive(run, { patience: 0 })).toBe("ended");
    expect(reads).toEqual([seq]);
    const outcomes = Object.values(await journalOf(host.store, run));
    expect(outcomes).toEqual(Array(6).fill("succeeded"));
  });

  it("reads everything where the snapshot is of other code, of another plan, damaged, or ahead of the journal", async () => {
    const wrong: ((kept: Snapshot) => Snapshot)[] = [
      (kept) => ({ ...kept, reducer: `0000${kept.reducer.slice(4)}` }),
      (kept) => ({ ...kept, reducer: `${kept.reducer.slice(0, -4)}0000` }),
      (kept) => ({ ...kept, body: kept.body.slice(0, -9) }),
      (kept) => ({ ...kept, body: "{}" }),
      (kept) => ({ ...kept, seq: 900 }),
    ];
    for (const harm of wrong) {
      const { host, run, reads } = await interrupted("d");
      await host.store.keepSnapshot(run, harm((await host.store.snapshot(run)) as Snapshot));
      expect(await new Engine(host).drive(run, { patience: 0 })).toBe("ended");
      expect(reads[0]).toBe(0);
      expect(Object.values(await journalOf(host.store, run))).toEqual(Array(6).fill("succeeded"));
    }
  });

  it("is not taken up where events are missing", async () => {
    const { host, run } = await interrupted("d");
    const short = { ...host.store, readEvents: async () => [], snapshot: async () => undefined };
    const drive = new Engine({ ...host, store: short }).drive(run, { patience: 0 });
    await expect(drive).rejects.toMatchObject({ code: "store-corrupt", help: expect.stringContaining("db check") });
    expect((await host.store.getRun(run))?.owner).toBeNull();
  });

  it("goes on where a snapshot cannot be kept", async () => {
    const host = testHost([new Stage().type], { snapshotEvery: 2 });
    const store = { ...host.store, keepSnapshot: () => Promise.reject(new Error("disk full")) };
    const run = await begin(new Engine({ ...host, store }), CHAIN);
    expect(await new Engine({ ...host, store }).drive(run, { patience: 0 })).toBe("ended");
  });
});
