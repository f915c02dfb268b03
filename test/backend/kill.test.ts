import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import type { Event } from "../../src/core/event.js";
import { database } from "../store/postgres/stores.js";
import { createProject, type Project } from "../support/cli.js";
import { balancer } from "../support/restate/balancer.js";
import { freePort, restateServer, type TestServer } from "../support/restate/server.js";
import { EFFECT_FILES, effectsOf, faultsOf, lanesDefinition } from "../support/workers/effects.js";
import { startWorkerProcess, type WorkerProcess } from "../support/workers/workers.js";

interface Bench {
  readonly app: App;
  readonly project: Project;
  readonly server: TestServer;
  /** Two real workers behind a balancer, begun anew after they were killed. */
  startWorkers(): Promise<readonly [WorkerProcess, WorkerProcess]>;
}

/** A project on a Restate server of its own and a PostgreSQL database, with its definitions. */
async function bench(definitions: Readonly<Record<string, string>>): Promise<Bench> {
  const [server, { url }, ports] = [await restateServer(), await database(), [await freePort(), await freePort()]];
  const files = Object.entries(definitions).map(([id, text]) => [`definitions/${id}.workflow.yaml`, text]);
  const project = createProject({ ...EFFECT_FILES, ...Object.fromEntries(files) });
  fs.appendFileSync(path.join(project.folder, "stagecraft.config.yaml"), server.yaml);
  const listens = ports.map((port) => `127.0.0.1:${port}`);
  await balancer(Number(new URL(server.settings.workers).port), listens);
  const app = openApp({ config: await loadConfig({ cwd: project.folder, db: url }) });
  onTestFinished(() => app.close());
  const start = (listen: string) => startWorkerProcess(project.folder, { STAGECRAFT_DB: url }, "--listen", listen);
  const startWorkers = async () => [await start(listens[0]!), await start(listens[1]!)] as const;
  return { app, project, server, startWorkers };
}

async function startRuns(app: App, id: string, count: number): Promise<readonly string[]> {
  const [definition, by] = [await app.read(id), app.actor()];
  const runs: string[] = [];
  for (let at = 0; at < count; at++) runs.push((await app.start(definition, { inputs: {}, by })).id);
  return runs;
}

async function eventsOf(app: App, run: string): Promise<readonly Event[]> {
  return (await (await app.store()).readEvents(run)).map(({ event }) => event);
}

const rows = async (app: App) => (await app.store()).listRuns({});
const progress = async (app: App) => (await rows(app)).reduce((sum, { ended }) => sum + ended, 0);
const succeeded = async (app: App) => (await rows(app)).filter(({ status }) => status === "succeeded").length;

/** Nothing ran twice that had ended, by the journals and by what the effects told. */
async function expectNoFaults({ app, project }: Bench, runs: readonly string[]): Promise<void> {
  const told = effectsOf(project.folder);
  for (const run of runs) expect(faultsOf(run, await eventsOf(app, run), told)).toEqual([]);
  expect(await (await app.store()).check()).toEqual([]);
}

it("six runs of two hundred stages whose worker is killed at 40 % are finished at Restate by the other, and no stage that was journaled runs twice", async () => {
  const made = await bench({ lanes: lanesDefinition("lanes", 10, 20, 15) });
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
  const made = await bench({ lanes: lanesDefinition("lanes", 5, 10, 20) });
  const { app, server } = made;
  await made.startWorkers();
  const runs = await startRuns(app, "lanes", 4);
  await expect.poll(() => progress(app), { timeout: 60_000, interval: 50 }).toBeGreaterThan(60);
  await server.kill();
  await server.start();
  await expect.poll(() => succeeded(app), { timeout: 120_000 }).toBe(4);
  await expectNoFaults(made, runs);
}, 240_000);

it("an approval that waits is answered after the server and all workers were killed, and what follows it runs once", async () => {
  const ask = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
stages:
  before: { uses: test/work, with: {} }
  ask: { needs: [before], uses: approval, with: { title: "Go on?", approvers: [dana] } }
  after: { needs: [ask.approved], uses: test/work, with: {} }
`;
  const made = await bench({ ask });
  const { app, server } = made;
  const workers = await made.startWorkers();
  const [run = ""] = await startRuns(app, "ask", 1);
  const store = await app.store();
  await expect
    .poll(async () => (await store.listApprovals({ run, status: ["open"] })).length, { timeout: 60_000 })
    .toBe(1);
  for (const worker of workers) await worker.kill();
  await server.kill();
  const [approval] = await store.listApprovals({ run });
  await app.decide(approval!.id, { by: { user: "dana", roles: [], groups: [], via: "cli" }, outcome: "approved" });
  await server.start();
  await made.startWorkers();
  await expect.poll(() => succeeded(app), { timeout: 60_000 }).toBe(1);
  const told = effectsOf(made.project.folder).filter(({ what }) => what === "begin");
  expect(told.map(({ stage }) => stage)).toEqual(["before", "after"]);
  await expectNoFaults(made, [run]);
}, 180_000);
