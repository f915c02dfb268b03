import { expect, it } from "vitest";
import { database, ownServer } from "../store/postgres/stores.js";
import { createProject } from "../support/cli.js";
import { EFFECT_FILES, effectsOf, faultsOf, lanesDefinition } from "../support/workers/effects.js";
import { expectNoFaults, fleetOf, journals, progress, startRuns, succeeded } from "../support/workers/fleet.js";

it("six runs of two hundred stages whose worker is killed at 40 % are finished by the other, and no stage that was journaled runs twice", async () => {
  const made = await fleetOf("postgres", { lanes: lanesDefinition("lanes", 10, 20, 15) });
  const { app, project } = made;
  const store = await app.store();
  const workers = await made.startWorkers("--runs", "6");
  const runs = await startRuns(app, "lanes", 6);
  await expect.poll(() => progress(app), { timeout: 60_000, interval: 20 }).toBeGreaterThan(0.4 * 1_200);
  const owners = (await store.listRuns({})).map(({ owner }) => owner ?? "");
  const victim = workers.find(({ pid }) => owners.some((owner) => owner.includes(`/${pid}/`)))!;
  await victim.kill();
  const killedAt = Date.now();
  const before = await journals(app, runs);
  await expect.poll(() => succeeded(app), { timeout: 60_000 }).toBe(6);
  const [after, told] = [await journals(app, runs), effectsOf(project.folder)];
  const lost: string[] = [];
  for (const [run, events] of after) {
    expect(faultsOf(run, events, told)).toEqual([]);
    expect(events.slice(0, before.get(run)?.length)).toEqual(before.get(run));
    const loss = events.find(({ type }) => type === "attemptLost");
    if (loss !== undefined) lost.push(run);
    expect((loss?.at ?? killedAt) - killedAt, `${run} was taken over`).toBeLessThan(5_000);
  }
  expect(lost, "the killed worker had runs").not.toEqual([]);
  expect(new Set(told.map(({ pid }) => pid))).toEqual(new Set(workers.map(({ pid }) => pid)));
  expect(await (await app.store()).check()).toEqual([]);
}, 180_000);

it("runs on a PostgreSQL server that is killed and comes back end by themselves, and lose nothing that was acknowledged", async () => {
  const server = await ownServer();
  const made = await fleetOf("postgres", { lanes: lanesDefinition("lanes", 5, 20, 10) }, server.port);
  const { app } = made;
  const runs = await startRuns(app, "lanes", 6);
  await made.startWorkers("--runs", "4");
  for (const share of [0.2, 0.5]) {
    await expect.poll(() => progress(app).catch(() => 0), { timeout: 60_000 }).toBeGreaterThan(share * 600);
    const acknowledged = await journals(app, runs);
    await server.kill();
    await server.start();
    const now = await journals(app, runs);
    for (const [run, events] of acknowledged) expect(now.get(run)?.slice(0, events.length)).toEqual(events);
  }
  await expect.poll(() => succeeded(app).catch(() => 0), { timeout: 90_000 }).toBe(6);
  await expectNoFaults(made, runs);
}, 180_000);

it("a budget that all runs of a workflow share holds over two workers", async () => {
  const spend = `apiVersion: stagecraft/v1
id: spend
version: "1.0.0"
budget: { workflow: { usd: 0.2 }, onExceed: fail }
stages:
  a: { uses: test/spend, with: { calls: 3 } }
  b: { uses: test/spend, with: { calls: 3 } }
`;
  const made = await fleetOf("postgres", { spend });
  const { app, project } = made;
  const store = await app.store();
  await made.startWorkers("--runs", "4");
  const runs = await startRuns(app, "spend", 8);
  const open = async () => (await store.listRuns({})).filter(({ endedAt }) => endedAt === null).length;
  await expect.poll(open, { timeout: 60_000 }).toBe(0);
  const calls = effectsOf(project.folder).filter(({ what }) => what.startsWith("call-"));
  expect(calls).toHaveLength(20);
  expect(new Set(calls.map(({ pid }) => pid)).size, "both took part").toBe(2);
  const spent = await store.spending({});
  expect(spent.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(0.2);
  expect((await store.listRuns({ status: ["failed"] })).map(({ error }) => error?.code)).toContain("budget-exceeded");
  expect(runs).toHaveLength(8);
}, 120_000);

it("two processes that open the same new database at once migrate it once", async () => {
  const project = createProject(EFFECT_FILES);
  const { url, sql } = await database();
  const migrate = () => project.run(["db", "migrate"], { env: { STAGECRAFT_DB: url } });
  const ended = await Promise.all([migrate(), migrate(), migrate()]);
  expect(ended.map(({ code, stderr }) => ({ code, stderr: code === 0 ? "" : stderr }))).toEqual(
    Array(3).fill({ code: 0, stderr: "" }),
  );
  const [{ count } = {}] = await sql("SELECT count(*) AS count FROM meta WHERE name = 'schema'");
  expect(Number(count)).toBe(1);
}, 60_000);
