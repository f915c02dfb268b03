import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { type App, openApp, type RunRow } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import type { Plugin } from "../../src/plugin/api.js";
import { testDatabase } from "../support/postgres/database.js";
import { balancer } from "../support/restate/balancer.js";
import { type AtEnd, freePort, restateServer } from "../support/restate/server.js";

/** Where the same project may run: the database, and who drives. */
export const PLACES = ["sqlite", "memory", "postgres", "restate"] as const;
export type Place = (typeof PLACES)[number];

export interface PlaceOptions {
  readonly plugins?: readonly Plugin[];
  readonly atEnd?: AtEnd;
}

/**
 * The project opened at a place, with whatever that needs running: where several processes share the work, two workers
 * beside the one that asks. All of it goes with the test, or when `atEnd` says.
 */
export async function openAt(place: Place, project: string, options: PlaceOptions = {}): Promise<App> {
  const { plugins = [], atEnd = onTestFinished } = options;
  const db = await databaseOf(place, project, atEnd);
  const open = async (listen?: string) => {
    const config = await loadConfig({ cwd: project, db, ...(listen !== undefined && { listen }) });
    const app = openApp({ config: { ...config, concurrency: 1_000 }, plugins });
    atEnd(() => app.close());
    return app;
  };
  if (place === "sqlite" || place === "memory") return withWorkers(await open(), undefined, atEnd);
  const listens = await Promise.all([freePort(), freePort()].map(async (port) => `127.0.0.1:${await port}`));
  const chunks: Buffer[] = [];
  if (place === "restate") {
    const server = await restateServer(atEnd);
    fs.appendFileSync(path.join(project, "stagecraft.config.yaml"), `\n${server.yaml}`);
    const port = Number(new URL(server.settings.workers).port);
    await balancer(port, listens, (chunk) => chunks.push(chunk), atEnd);
  }
  const app = await withWorkers(await open(), await Promise.all(listens.map(open)), atEnd);
  carried.set(app, chunks);
  // At Restate, whoever asks has the run given a turn; on PostgreSQL it would drive the run itself.
  return place === "restate" ? app : { ...app, drive: (run) => rested(app, run) };
}

const carried = new WeakMap<App, Buffer[]>();

/** Every byte that went between Restate and the workers of a project, as text. */
export function carriedOf(app: App): string {
  return Buffer.concat(carried.get(app) ?? []).toString("latin1");
}

/** When the workers have done with a run what there is to do. */
export async function rested(app: App, run: string): Promise<RunRow> {
  const store = await app.store();
  const look = async () => {
    const { endedAt, owner, status } = (await store.getRun(run)) as RunRow;
    const isAtRest = owner === null && (status === "waiting" || status === "paused");
    return endedAt !== null || (isAtRest && (await store.inbox(run)).length === 0);
  };
  await expect.poll(look, { timeout: 60_000 }).toBe(true);
  return (await store.getRun(run)) as RunRow;
}

async function databaseOf(place: Place, project: string, atEnd: AtEnd): Promise<string> {
  if (place === "memory") return "memory://";
  if (place === "sqlite") return path.join(project, "runs.sqlite");
  const made = await testDatabase();
  atEnd(() => made.drop());
  return made.url;
}

/** Has `workers`, or the one that asks where there are none, drive what there is to drive. */
async function withWorkers(asks: App, workers: readonly App[] = [asks], atEnd: AtEnd): Promise<App> {
  const stop = new AbortController();
  const working = await Promise.all(workers.map((app) => app.work({ signal: stop.signal, runs: 20 })));
  atEnd(async () => {
    stop.abort();
    await Promise.all(working.map(({ done }) => done));
  });
  return asks;
}
