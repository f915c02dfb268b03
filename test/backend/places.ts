import fs from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { testDatabase } from "../support/postgres/database.js";
import { restateServer } from "../support/restate/server.js";

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
  const asks = await withWorker(project);
  folders.set(asks, server.folder);
  return asks;
}

const folders = new WeakMap<App, string>();

/** Where the Restate server of a project keeps its data. */
export function folderOf(app: App): string {
  return folders.get(app) ?? "";
}

async function databaseOf(place: Place, project: string): Promise<string> {
  if (place === "memory") return "memory://";
  if (place !== "postgres") return path.join(project, "runs.sqlite");
  const made = await testDatabase();
  onTestFinished(() => made.drop());
  return made.url;
}

/** One that asks and one that works, as two processes would. */
async function withWorker(project: string): Promise<App> {
  const open = async () =>
    openApp({ config: await loadConfig({ cwd: project, db: path.join(project, "runs.sqlite") }) });
  const [asks, works] = [await open(), await open()];
  const stop = new AbortController();
  const worker = await works.work({ signal: stop.signal, runs: 20 });
  onTestFinished(async () => {
    stop.abort();
    await worker.done;
    await Promise.all([asks.close(), works.close()]);
  });
  return asks;
}
