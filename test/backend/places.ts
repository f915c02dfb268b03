import fs from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { testDatabase } from "../support/postgres/database.js";
import { balancer } from "../support/restate/balancer.js";
import { freePort, restateServer, type TestServer } from "../support/restate/server.js";

/** Where the same project may run: the database, and who drives. */
export const PLACES = ["sqlite", "memory", "postgres", "restate"] as const;
export type Place = (typeof PLACES)[number];

/** The project opened at a place, with whatever that needs running; all of it goes with the test. */
export async function openAt(place: Place, project: string): Promise<App> {
  const app = openApp({ config: await loadConfig({ cwd: project, db: await databaseOf(place, project) }) });
  onTestFinished(() => app.close());
  if (place !== "restate") return app;
  const server = await restateServer();
  fs.appendFileSync(path.join(project, "stagecraft.config.yaml"), `\n${server.yaml}`);
  return withWorker(project, server);
}

const carried = new WeakMap<App, Buffer[]>();

/** Every byte that went between Restate and the worker of a project, as text. */
export function carriedOf(app: App): string {
  return Buffer.concat(carried.get(app) ?? []).toString("latin1");
}

async function databaseOf(place: Place, project: string): Promise<string> {
  if (place === "memory") return "memory://";
  if (place !== "postgres") return path.join(project, "runs.sqlite");
  const made = await testDatabase();
  onTestFinished(() => made.drop());
  return made.url;
}

/** One that asks and one that works, as two processes would. */
async function withWorker(project: string, { settings }: TestServer): Promise<App> {
  const listen = `127.0.0.1:${await freePort()}`;
  const open = async () =>
    openApp({ config: await loadConfig({ cwd: project, db: path.join(project, "runs.sqlite"), listen }) });
  const [asks, works] = [await open(), await open()];
  const chunks: Buffer[] = [];
  carried.set(asks, chunks);
  await balancer(Number(new URL(settings.workers).port), [listen], (chunk) => chunks.push(chunk));
  const stop = new AbortController();
  const worker = await works.work({ signal: stop.signal, runs: 20 });
  onTestFinished(async () => {
    stop.abort();
    await worker.done;
    await Promise.all([asks.close(), works.close()]);
  });
  return asks;
}
