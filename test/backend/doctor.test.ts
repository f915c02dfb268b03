import { expect, it, onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { database, ownServer } from "../store/postgres/stores.js";
import { serve } from "../support/http-server.js";
import { projectOf } from "../support/project.js";
import { fleetOf } from "../support/workers/fleet.js";

const said = async (app: App, name: string) => (await app.examine()).find((check) => check.name === name);

async function opened(project: string, db: string): Promise<App> {
  const app = openApp({ config: await loadConfig({ cwd: project, db }) });
  onTestFinished(() => app.close());
  return app;
}

it("doctor tells whether a Restate server answers, in which version, and whether workers are known to it", async () => {
  const made = await fleetOf("restate", {});
  const { ingress, workers } = made.restate!.settings;
  expect(await said(made.app, "restate")).toMatchObject({
    status: "warn",
    found: expect.stringMatching(new RegExp(`^Restate 1\\.7\\.\\d+ at ${ingress}, no workers at ${workers}$`)),
    help: "npx stagecraft worker",
  });
  const worker = await made.startWorker(0);
  expect(await said(made.app, "restate")).toMatchObject({
    status: "ok",
    found: expect.stringContaining(`workers at ${workers}`),
  });
  await worker.kill();
  await made.restate!.kill();
  expect(await said(made.app, "restate")).toMatchObject({
    status: "fail",
    found: expect.stringContaining("Restate does not answer at"),
    help: expect.stringContaining("--backend restate"),
  });
}, 120_000);

it("doctor warns of a Restate server in a version that was not tried", async () => {
  const workers = "http://127.0.0.1:9";
  const known = { deployments: [{ uri: `${workers}/`, services: [{ name: "stagecraftRun" }] }] };
  const old = await serve(({ url }, response) =>
    response.end(JSON.stringify(url === "/version" ? { version: "1.4.2" } : known)),
  );
  onTestFinished(() => old.close());
  const yaml = `backend: restate\nrestate: { ingress: "${old.url}", admin: "${old.url}", workers: "${workers}" }\n`;
  const app = await opened(projectOf({ "stagecraft.config.yaml": yaml }), "memory://");
  expect(await said(app, "restate")).toMatchObject({
    status: "warn",
    found: `Restate 1.4.2 at ${old.url}`,
    help: "tested is Restate 1.7.x",
  });
});

it("doctor tells which PostgreSQL answers, and warns of one that acknowledges what it may lose", async () => {
  const { url, sql } = await database();
  const project = projectOf({});
  // The servers of tests need not outlast the machine.
  expect(await said(await opened(project, url), "database")).toMatchObject({
    status: "warn",
    found: expect.stringMatching(/opens, no runs yet, PostgreSQL 1[5-8]\..*, fsync off$/),
    help: expect.stringContaining("ALTER SYSTEM"),
  });
  const [{ name } = {}] = await sql("SELECT current_database() AS name");
  await sql(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  expect(await said(await opened(project, url), "database")).toMatchObject({
    status: "warn",
    found: expect.stringMatching(/, fsync and synchronous_commit off$/),
  });
});

it("doctor says that a PostgreSQL server is away, without the password", async () => {
  const server = await ownServer();
  const { url } = await database(server.port);
  await server.kill();
  const app = await opened(projectOf({}), url.replace("stagecraft@", "stagecraft:p4ss@"));
  const found = await said(app, "database");
  expect(found).toMatchObject({ status: "fail", found: expect.stringContaining("cannot be reached") });
  expect(JSON.stringify(found)).not.toContain("p4ss");
  await server.start();
}, 60_000);
