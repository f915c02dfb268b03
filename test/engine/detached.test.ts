import { expect, it } from "vitest";
import flow from "../../plugins/flow/index.js";
import { fold } from "../../src/core/apply.js";
import { viewStages } from "../../src/core/view.js";
import { Engine } from "../../src/engine/engine.js";
import type { Host, Store } from "../../src/engine/ports.js";
import { Registry } from "../../src/plugin/registry.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, testHost } from "../support/host.js";
import { plan, workflowPlan } from "../support/plan.js";

const NOW = { patience: 0 };
const child = workflowPlan("work", { work: { with: { n: "${{ inputs.n }}" } } }, { id: "child", inputs: { n: {} } });
const audit = {
  uses: "workflow",
  calls: "child",
  with: { workflow: "child", detach: true, inputs: { n: "${{ inputs.n }}" } },
};
const parent = plan("audit -> last", { audit }, { inputs: { n: {} } }, { child });

function hosted(work: Stage, store: Store = memoryStore()): Host {
  const own = { name: "test", version: "1.0.0", apiVersion: 1 as const, stages: [work.type] };
  return testHost([], { store, registry: new Registry([flow, own]) });
}

async function runsOf(store: Store, workflow: string) {
  return store.listRuns({ workflow });
}

it("starts a run of its own, linked both ways, and goes on without it", async () => {
  const work = new Stage().hold();
  const host = hosted(work);
  const engine = new Engine(host);
  const run = await begin(engine, parent, { n: 7 });
  const going = engine.drive(run, NOW);
  const attempts = [await work.next(), await work.next()];
  const [own, detached] = [
    attempts.find(({ stage }) => stage === "last"),
    attempts.find(({ stage }) => stage === "work"),
  ];
  own?.succeed();
  expect(await going).toBe("ended");
  const [row] = await runsOf(host.store, "child");
  expect(row).toMatchObject({ by: "test", status: "running" });
  expect(detached?.input).toEqual({ n: 7 });
  detached?.succeed();
  await engine.settled();
  expect(await host.store.getRun(row?.id ?? "")).toMatchObject({ status: "succeeded" });
  const [begun] = await host.store.readEvents(row?.id ?? "");
  expect(begun?.event).toMatchObject({ type: "runStarted", parent: { run, stage: "audit" } });
  const events = (await host.store.readEvents(run)).map(({ event }) => event);
  expect(viewStages(fold(parent, events))[0]).toMatchObject({
    ...{ path: "audit", started: row?.id, outputs: { runId: row?.id, workflow: "child" } },
  });
});

it("starts it once though the process dies before it can record that it did", async () => {
  const store = memoryStore();
  const work = new Stage();
  let isDead = false;
  const dying = hosted(work, {
    ...store,
    async createRun(run) {
      const made = await store.createRun(run);
      isDead = run.workflow === "child";
      return made;
    },
    commit: (entries) => (isDead ? new Promise(() => {}) : store.commit(entries)),
    claim: (...given) => (isDead ? new Promise(() => {}) : store.claim(...given)),
  });
  const run = await begin(new Engine(dying), parent, { n: 7 });
  void new Engine(dying).drive(run, NOW).catch(() => {});
  while (!isDead) await new Promise(setImmediate);
  const [orphan] = await runsOf(store, "child");
  expect(orphan).toMatchObject({ status: "queued" });
  const survivor = { name: "other/2", isDead: (name: string) => name === dying.owner.name };
  const engine = new Engine({ ...hosted(work, store), owner: survivor });
  expect(await engine.drive(run, NOW)).toBe("ended");
  await engine.settled();
  expect((await runsOf(store, "child")).map(({ id, status }) => ({ id, status }))).toEqual([
    { id: orphan?.id, status: "succeeded" },
  ]);
  expect(await journalOf(store, run)).toEqual({ audit: "succeeded", last: "succeeded" });
});

it("leaves it to others where it drives nothing else", async () => {
  const work = new Stage();
  const host = hosted(work);
  const engine = new Engine(host, { drivesDetached: false });
  await engine.drive(await begin(engine, parent, { n: 7 }), NOW);
  const [row] = await runsOf(host.store, "child");
  expect(row).toMatchObject({ status: "queued" });
  expect(await host.store.claimable(host.owner, host.clock.now(), 10)).toEqual([row?.id]);
});

it("fails where the inputs are not those of the other workflow", async () => {
  const host = hosted(new Stage());
  const engine = new Engine(host);
  const { n: _, ...without } = { n: 1 };
  const faulty = plan("audit", { audit: { ...audit, with: { workflow: "child", inputs: without } } }, {}, { child });
  const run = await begin(engine, faulty);
  await engine.drive(run, NOW);
  expect(await host.store.getRun(run)).toMatchObject({ status: "failed", error: { code: "invalid-input" } });
  expect(await runsOf(host.store, "child")).toEqual([]);
});
