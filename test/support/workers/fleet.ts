import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { type App, openApp } from "../../../src/app.js";
import { loadConfig } from "../../../src/config.js";
import type { Event } from "../../../src/core/event.js";
import type { JsonObject } from "../../../src/core/json.js";
import { createProject, type Project } from "../cli.js";
import { testDatabase } from "../postgres/database.js";
import { balancer } from "../restate/balancer.js";
import { freePort, restateServer, type TestServer } from "../restate/server.js";
import { EFFECT_FILES, effectsOf, faultsOf } from "./effects.js";
import { startWorkerProcess, type WorkerProcess } from "./workers.js";

/** Who gives the workers of a fleet of several machines their work; both keep runs in PostgreSQL. */
export const FLEETS = ["postgres", "restate"] as const;
/** On one machine a fleet may share a file. */
export type FleetKind = (typeof FLEETS)[number] | "sqlite";

/** A project whose runs are driven by workers in processes of their own. */
export interface Fleet {
  readonly app: App;
  readonly project: Project;
  /** Of a fleet at Restate. */
  readonly restate: TestServer | undefined;
  /** The worker of this number, 0 or 1, begun anew after it was killed. */
  startWorker(number: 0 | 1, ...flags: readonly string[]): Promise<WorkerProcess>;
  startWorkers(...flags: readonly string[]): Promise<readonly [WorkerProcess, WorkerProcess]>;
}

/** @param port of a PostgreSQL server of the test's own */
export async function fleetOf(
  kind: FleetKind,
  definitions: Readonly<Record<string, string>>,
  port?: number,
): Promise<Fleet> {
  const files = Object.entries(definitions).map(([id, text]) => [`definitions/${id}.workflow.yaml`, text]);
  const project = createProject({ ...EFFECT_FILES, ...Object.fromEntries(files) });
  const db = kind === "sqlite" ? path.join(project.folder, "runs.sqlite") : await databaseUrl(port);
  const isAtRestate = kind === "restate";
  const listens = isAtRestate ? [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`] : [];
  const restate = isAtRestate ? await restateServer() : undefined;
  if (restate !== undefined) {
    fs.appendFileSync(path.join(project.folder, "stagecraft.config.yaml"), restate.yaml);
    await balancer(Number(new URL(restate.settings.workers).port), listens);
  }
  const app = openApp({ config: await loadConfig({ cwd: project.folder, db }) });
  onTestFinished(() => app.close());
  const startWorker: Fleet["startWorker"] = (number, ...flags) => {
    const listen = listens[number];
    const where = listen === undefined ? [] : ["--listen", listen];
    return startWorkerProcess(project.folder, { STAGECRAFT_DB: db }, ...where, ...flags);
  };
  const startWorkers: Fleet["startWorkers"] = async (...flags) => [
    await startWorker(0, ...flags),
    await startWorker(1, ...flags),
  ];
  return { app, project, restate, startWorker, startWorkers };
}

async function databaseUrl(port: number | undefined): Promise<string> {
  const database = await testDatabase(port);
  onTestFinished(() => database.drop().catch(() => {}));
  return database.url;
}

export async function startRuns(
  app: App,
  id: string,
  count: number,
  inputs: JsonObject = {},
): Promise<readonly string[]> {
  const [definition, by] = [await app.read(id), app.actor()];
  const runs: string[] = [];
  for (let at = 0; at < count; at++) runs.push((await app.start(definition, { inputs, by })).id);
  return runs;
}

export async function eventsOf(app: App, run: string): Promise<readonly Event[]> {
  return (await (await app.store()).readEvents(run)).map(({ event }) => event);
}

export async function journals(app: App, runs: readonly string[]): Promise<ReadonlyMap<string, readonly Event[]>> {
  return new Map(await Promise.all(runs.map(async (run) => [run, await eventsOf(app, run)] as const)));
}

const rows = async (app: App) => (await app.store()).listRuns({});

/** Stages that have ended, over all runs. */
export const progress = async (app: App) => (await rows(app)).reduce((sum, { ended }) => sum + ended, 0);

/** Runs that have succeeded and are in nobody's hands. */
export const succeeded = async (app: App) =>
  (await rows(app)).filter(({ status, owner }) => status === "succeeded" && owner === null).length;

/** Nothing ran twice that had ended, by the journals and by what the effects told. */
export async function expectNoFaults({ app, project }: Fleet, runs: readonly string[]): Promise<void> {
  const told = effectsOf(project.folder);
  for (const run of runs) expect(faultsOf(run, await eventsOf(app, run), told)).toEqual([]);
  expect(await (await app.store()).check()).toEqual([]);
}

/** How often stages of these names were seen to begin. */
export const begun = ({ project }: Fleet, ...stages: readonly string[]) =>
  effectsOf(project.folder).filter(({ what, stage }) => what === "begin" && stages.includes(stage)).length;
