import { expect, it } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import type { Event } from "../../src/core/event.js";
import { database, ownServer } from "../store/postgres/stores.js";
import { createProject, type Project } from "../support/cli.js";
import { EFFECT_FILES, effectsOf, faultsOf, lanesDefinition } from "../support/workers/effects.js";
import { startWorkerProcess } from "../support/workers/workers.js";

/** The project opened here, on the database that its workers share. */
async function opened(project: Project, url: string): Promise<App> {
  return openApp({ config: await loadConfig({ cwd: project.folder, db: url }) });
}

async function startRuns(app: App, id: string, count: number): Promise<readonly string[]> {
  const [definition, by] = [await app.read(id), app.actor()];
  const runs: string[] = [];
  for (let at = 0; at < count; at++) runs.push((await app.start(definition, { inputs: {}, by })).id);
  return runs;
}

async function journals(app: App, runs: readonly string[]): Promise<ReadonlyMap<string, readonly Event[]>> {
  const store = await app.store();
  const read = async (run: string) => (await store.readEvents(run)).map(({ event }) => event);
  return new Map(await Promise.all(runs.map(async (run) => [run, await read(run)] as const)));
}

const progress = async (app: App) =>
  (await (await app.store()).listRuns({})).reduce((sum, { ended }) => sum + ended, 0);
const isOver = async (app: App) =>
  (await (await app.store()).listRuns({})).every(({ status, owner }) => status === "succeeded" && owner === null);

it("six runs of two hundred stages whose worker is killed at 40 % are finished by the other, and no stage that was journaled runs twice", async () => {
  const definition = lanesDefinition("lanes", 10, 20, 15);
  const project = createProject({ ...EFFECT_FILES, "definitions/lanes.workflow.yaml": definition });
  const { url } = await database();
  const app = await opened(project, url);
  const runs = await startRuns(app, "lanes", 6);
  const env = { STAGECRAFT_DB: url };
  const [victim, other] = [
    await startWorkerProcess(project.folder, env, "--runs", "3"),
    await startWorkerProcess(project.folder, env, "--runs", "6"),
  ];
  await expect.poll(() => progress(app), { timeout: 60_000, interval: 20 }).toBeGreaterThan(0.4 * 1_200);
  await victim.kill();
  const killedAt = Date.now();
  const before = await journals(app, runs);
  await expect.poll(() => isOver(app), { timeout: 60_000 }).toBe(true);
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
  expect(new Set(told.map(({ pid }) => pid))).toEqual(new Set([victim.pid, other.pid]));
  expect(await (await app.store()).check()).toEqual([]);
  await app.close();
}, 180_000);

it("runs on a PostgreSQL server that is killed and comes back end by themselves, and lose nothing that was acknowledged", async () => {
  const project = createProject({
    ...EFFECT_FILES,
    "definitions/lanes.workflow.yaml": lanesDefinition("lanes", 5, 20, 10),
  });
  const server = await ownServer();
  const { url } = await database(server.port);
  const app = await opened(project, url);
  const runs = await startRuns(app, "lanes", 6);
  const env = { STAGECRAFT_DB: url };
  await Promise.all([1, 2].map(() => startWorkerProcess(project.folder, env, "--runs", "4")));
  for (const share of [0.2, 0.5]) {
    await expect.poll(() => progress(app).catch(() => 0), { timeout: 60_000 }).toBeGreaterThan(share * 600);
    const acknowledged = await journals(app, runs);
    await server.kill();
    await server.start();
    const now = await journals(app, runs);
    for (const [run, events] of acknowledged) expect(now.get(run)?.slice(0, events.length)).toEqual(events);
  }
  await expect.poll(() => isOver(app).catch(() => false), { timeout: 90_000 }).toBe(true);
  const told = effectsOf(project.folder);
  for (const [run, events] of await journals(app, runs)) expect(faultsOf(run, events, told)).toEqual([]);
  expect(await (await app.store()).check()).toEqual([]);
  await app.close();
}, 180_000);

it("a budget that all runs of a workflow share holds over two workers", async () => {
  const definition = `apiVersion: stagecraft/v1
id: spend
version: "1.0.0"
budget: { workflow: { usd: 0.2 }, onExceed: fail }
stages:
  a: { uses: test/spend, with: { calls: 3 } }
  b: { uses: test/spend, with: { calls: 3 } }
`;
  const project = createProject({ ...EFFECT_FILES, "definitions/spend.workflow.yaml": definition });
  const { url } = await database();
  const app = await opened(project, url);
  const store = await app.store();
  await Promise.all([1, 2].map(() => startWorkerProcess(project.folder, { STAGECRAFT_DB: url }, "--runs", "4")));
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
  await app.close();
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
