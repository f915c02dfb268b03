import { expect, it } from "vitest";
import { effectsOf, lanesDefinition } from "../support/workers/effects.js";
import {
  begun,
  eventsOf,
  expectNoFaults,
  FLEETS,
  fleetOf,
  progress,
  startRuns,
  succeeded,
} from "../support/workers/fleet.js";

it("six runs of two hundred stages whose worker is killed at 40 % are finished at Restate by the other, and no stage that was journaled runs twice", async () => {
  const made = await fleetOf("restate", { lanes: lanesDefinition("lanes", 10, 20, 15) });
  const { app } = made;
  const [victim, other] = await made.startWorkers();
  const runs = await startRuns(app, "lanes", 6);
  await expect.poll(() => progress(app), { timeout: 120_000, interval: 50 }).toBeGreaterThan(0.4 * 1_200);
  await victim.kill();
  const killedAt = Date.now();
  await expect.poll(() => succeeded(app), { timeout: 120_000 }).toBe(6);
  await expectNoFaults(made, runs);
  const told = effectsOf(made.project.folder);
  expect(new Set(told.map(({ pid }) => pid))).toEqual(new Set([victim.pid, other.pid]));
  for (const run of runs) {
    const next = (await eventsOf(app, run)).find(({ at }) => at > killedAt);
    // Well before a lease would be over.
    expect((next?.at ?? killedAt) - killedAt, `${run} went on`).toBeLessThan(5_000);
  }
}, 300_000);

it("runs at a Restate server that is killed and comes back end by themselves, and nothing that ended runs again", async () => {
  const made = await fleetOf("restate", { lanes: lanesDefinition("lanes", 5, 10, 20) });
  const { app, restate } = made;
  await made.startWorkers();
  const runs = await startRuns(app, "lanes", 4);
  await expect.poll(() => progress(app), { timeout: 60_000, interval: 50 }).toBeGreaterThan(60);
  await restate!.kill();
  await restate!.start();
  await expect.poll(() => succeeded(app), { timeout: 120_000 }).toBe(4);
  await expectNoFaults(made, runs);
}, 240_000);

const ask = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
stages:
  before: { uses: test/work, with: {} }
  ask: { needs: [before], uses: approval, with: { title: "Go on?", approvers: [dana] } }
  after: { needs: [ask.approved], uses: test/work, with: {} }
`;

it.each(FLEETS)(
  "an approval that waits is answered after all that drives runs was killed (%s), and what follows it runs once",
  async (kind) => {
    const made = await fleetOf(kind, { ask });
    const { app, restate } = made;
    const workers = await made.startWorkers();
    const [run = ""] = await startRuns(app, "ask", 1);
    const store = await app.store();
    const open = async () => (await store.listApprovals({ run, status: ["open"] })).length;
    await expect.poll(open, { timeout: 60_000 }).toBe(1);
    for (const worker of workers) await worker.kill();
    await restate?.kill();
    const [approval] = await store.listApprovals({ run });
    await app.decide(approval!.id, { by: { user: "dana", roles: [], groups: [], via: "cli" }, outcome: "approved" });
    await restate?.start();
    await made.startWorkers();
    await expect.poll(() => succeeded(app), { timeout: 60_000 }).toBe(1);
    expect([begun(made, "before"), begun(made, "after")]).toEqual([1, 1]);
    await expectNoFaults(made, [run]);
  },
  180_000,
);
