import { describe, expect, it, onTestFinished } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { startWorker } from "../../src/engine/worker.js";
import type { StageType } from "../../src/plugin/api.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const THINK: StageType = {
  ...{ kind: "pure", name: "think", title: "Think", description: "Gives nothing." },
  ...{ input: { type: "object" }, output: { type: "object" } },
  run: () => ({ outputs: {} }),
};

const PATIENT = { patience: 1_000_000_000 };

it("a run with much to do does not hold one with little: slots go in turn", async () => {
  const work = new Stage().hold();
  const host = testHost([work.type], { concurrency: 1 });
  const engine = new Engine(host);
  const many = Array.from({ length: 10 }, (_, at) => `m${at}`).join(", ");
  const [large, small] = [await begin(engine, plan(many)), await begin(engine, plan("s0 -> s1"))];
  const done = [engine.drive(large, PATIENT), engine.drive(small, PATIENT)];
  const order: string[] = [];
  for (let started = 0; started < 12; started++) {
    const attempt = await work.next();
    order.push(attempt.stage);
    await settle();
    attempt.succeed();
  }
  expect(await Promise.all(done)).toEqual(["ended", "ended"]);
  expect(order.slice(0, 4)).toEqual(["m0", "s0", "m1", "s1"]);
});

it("a run whose effect never answers holds its own slot and no other run", async () => {
  const work = new Stage().hold();
  const host = testHost([work.type], { concurrency: 2 });
  const engine = new Engine(host);
  const slow = await begin(engine, plan("never"));
  const stop = new AbortController();
  const held = engine.drive(slow, { ...PATIENT, signal: stop.signal });
  const never = await work.next();
  const quick = await begin(engine, plan("a -> b -> c"));
  const done = engine.drive(quick, PATIENT);
  for (let started = 0; started < 3; started++) (await work.next()).succeed();
  expect(await done).toBe("ended");
  expect(await journalOf(host.store, quick)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
  stop.abort();
  host.clock.set(host.clock.now() + 5_000);
  expect(await held).toBe("stopped");
  expect(never.context.signal.aborted).toBe(true);
  expect(await host.store.getRun(slow)).toMatchObject({ owner: null, status: "running" });
});

it("a run that is held for a person by its recovery ends its drive though nothing is recorded after that", async () => {
  const inner = memoryStore();
  const store = {
    ...inner,
    // The look at the inbox ends while the commit is under way.
    inbox: async (id: string) => {
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      return inner.inbox(id);
    },
    commit: async (entries: Parameters<typeof inner.commit>[0]) => {
      await settle();
      return inner.commit(entries);
    },
  };
  const work = new Stage().hold();
  const host = testHost([work.type], { store });
  const engine = new Engine(host);
  const run = await begin(engine, plan("pay", { pay: { delivery: "atMostOnce" } }));
  void engine.drive(run, PATIENT);
  await work.next();
  const heir = new Engine(testHost([work.type], { store, owner: { name: "heir", isDead: () => true } }));
  expect(await heir.drive(run, PATIENT)).toBe("paused");
});

it("any number of runs share a signal, and Node is not told of a leak", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on("warning", hear);
  const work = new Stage().hold();
  const host = testHost([work.type], { concurrency: 1 });
  const engine = new Engine(host);
  const stop = new AbortController();
  const runs = await Promise.all(Array.from({ length: 12 }, () => begin(engine, plan("a"))));
  const driven = runs.map((run) => engine.drive(run, { ...PATIENT, signal: stop.signal }));
  await settle();
  for (const _ of runs) (await work.next()).succeed();
  expect(await Promise.all(driven)).toEqual(runs.map(() => "ended"));
  process.off("warning", hear);
  expect(warnings).toEqual([]);
});

describe("a worker without a place", () => {
  function working(types: readonly StageType[]) {
    const host = testHost(types, { concurrency: 2 });
    const engine = new Engine(host);
    const stop = new AbortController();
    const worker = startWorker(engine, host, { signal: stop.signal, runs: 100 });
    onTestFinished(() => stop.abort());
    const runsAfter = async (ms: number) => {
      host.clock.set(host.clock.now() + ms);
      worker.nudge();
      await settle();
      return host.store.listRuns({ limit: 100 });
    };
    return { engine, runsAfter };
  }

  it("takes as many runs a second as it has places, and leaves the rest to others", async () => {
    const { engine, runsAfter } = working([new Stage().hold().type]);
    for (let count = 0; count < 12; count++) await begin(engine, plan("a"));
    const taken = async (ms: number) => (await runsAfter(ms)).filter(({ owner }) => owner !== null).length;
    expect([await taken(0), await taken(999), await taken(1), await taken(500), await taken(500)]).toEqual([
      2, 2, 4, 4, 6,
    ]);
  });

  it("takes any number of runs that need none, one after the other", async () => {
    const { engine, runsAfter } = working([new Stage().hold().type, THINK]);
    for (let count = 0; count < 3; count++) await begin(engine, plan("a"));
    for (let count = 0; count < 20; count++) await begin(engine, plan("b", { b: { uses: "think", kind: "pure" } }));
    const ended = async (ms: number) => (await runsAfter(ms)).filter(({ status }) => status === "succeeded").length;
    expect([await ended(0), await ended(1_000)]).toEqual([0, 20]);
  });
});
