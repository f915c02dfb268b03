import { expect, it } from "vitest";
import emit from "../../plugins/emit/index.js";
import wait from "../../plugins/wait/index.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import { Registry } from "../../src/plugin/registry.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const NOW = { patience: 0 };
const hosted = (store: Store = memoryStore()) => testHost([], { store, registry: new Registry([emit, wait]) });
const say = (more = {}) =>
  plan("say", { say: { uses: "emit", with: { event: "paid", data: { invoice: "A" }, ...more } } });
const hear = (invoice: string) =>
  plan("hear", { hear: { uses: "wait", kind: "wait", with: { event: { name: "paid", match: { invoice } } } } });

async function endOf(store: Store, run: string) {
  return (await store.readEvents(run)).map(({ event }) => event).find(({ type }) => type === "stageEnded");
}

it("wakes the runs that wait for it, and only those it is meant for", async () => {
  const host = hosted();
  const engine = new Engine(host);
  const [a, b] = [await begin(engine, hear("A")), await begin(engine, hear("B"))];
  for (const run of [a, b]) expect(await engine.drive(run, NOW)).toBe("waiting");
  const saying = await begin(engine, say());
  expect(await engine.drive(saying, NOW)).toBe("ended");
  expect(await endOf(host.store, saying)).toMatchObject({ outcome: "succeeded", outputs: { delivered: 1 } });
  expect(await host.store.claimable(host.owner, host.clock.now(), 10)).toEqual([a]);
  expect(await engine.drive(a, NOW)).toBe("ended");
  expect(await endOf(host.store, a)).toMatchObject({ outputs: { event: { invoice: "A" } } });
});

it("says it once though the process dies before it can record that it did", async () => {
  const store = memoryStore();
  let isDead = false;
  const dying = hosted({
    ...store,
    async emit(emission, now) {
      const delivered = await store.emit(emission, now);
      isDead = true;
      return delivered;
    },
    // The process is gone: nothing it writes arrives, and nobody hears of it.
    commit: (entries) => (isDead ? new Promise(() => {}) : store.commit(entries)),
  });
  const listening = await begin(new Engine(dying), hear("A"));
  await new Engine(dying).drive(listening, NOW);
  const saying = await begin(new Engine(dying), say());
  void new Engine(dying).drive(saying, NOW).catch(() => {});
  while (!isDead) await new Promise(setImmediate);
  const survivor = { name: "other/2", isDead: (name: string) => name === dying.owner.name };
  const host = { ...hosted(store), owner: survivor };
  expect(await new Engine(host).drive(saying, NOW)).toBe("ended");
  const events = (await store.readEvents(saying)).map(({ event }) => event.type);
  expect(events).toEqual(["runStarted", "stageStarted", "attemptLost", "stageStarted", "stageEnded", "runEnded"]);
  expect(await store.inbox(listening)).toHaveLength(1);
});

it("is lost where nobody waits for it, and fails where somebody must", async () => {
  const host = hosted();
  const engine = new Engine(host);
  const lost = await begin(engine, say());
  await engine.drive(lost, NOW);
  expect(await endOf(host.store, lost)).toMatchObject({ outputs: { delivered: 0 } });
  const failing = await begin(engine, say({ atLeast: 1 }));
  await engine.drive(failing, NOW);
  expect(await endOf(host.store, failing)).toMatchObject({ error: { code: "emit-unheard", retryable: true } });
});
