import { createHmac } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { serve } from "../support/http-server.js";
import { projectOf } from "../support/project.js";

const KEY = Buffer.from("0123456789abcdef0123").toString("base64");

const definition = (alerts: string, stages: string) => `apiVersion: stagecraft/v1
id: told
version: "1.0.0"
alerts: ${alerts}
stages:
${stages}
`;
const BROKEN = '  call: { uses: http, with: { url: "http://127.0.0.1:9/" } }';
const ASKS = "  ask: { uses: approval, with: { title: Pay?, approvers: [heidi] } }";

afterEach(() => {
  delete process.env["OPS_KEY"];
});

/** A project whose channel `ops` is the server at `url`. */
async function toldAt(url: string, text: string): Promise<App> {
  const project = projectOf({ "definitions/told.workflow.yaml": text });
  const config = `notify:\n  ops: { via: webhook, url: "${url}", secret: OPS_KEY }\n`;
  fs.writeFileSync(path.join(project, "stagecraft.config.yaml"), config);
  process.env["OPS_KEY"] = `whsec_${KEY}`;
  const app = openApp({ config: await loadConfig({ cwd: project, db: path.join(project, "test.sqlite") }) });
  onTestFinished(() => app.close());
  return app;
}

async function driven(app: App): Promise<string> {
  const { id } = await app.start(await app.read("told"), { inputs: {}, by: app.actor() });
  await app.drive(id, { patience: 0 });
  return id;
}

async function receiver(status: (count: number) => number) {
  const server = await serve((_, response, count) => void response.writeHead(status(count)).end());
  onTestFinished(() => server.close());
  return server;
}

/** As if the pause were over: has a worker look until the alerts stand so. */
async function workUntil(app: App, status: string): Promise<void> {
  const store = await app.store();
  for (const { key } of await store.listAlerts({ status: ["pending"] })) {
    await store.settleAlert(key, { status: "pending", dueAt: 0 });
  }
  const stop = new AbortController();
  const worker = await app.work({ runs: 1, signal: stop.signal });
  await expect.poll(async () => (await store.countAlerts())[status], { timeout: 10_000 }).toBeGreaterThan(0);
  stop.abort();
  await worker.done;
}

it("a run that fails is told of, signed, and again under the same id until the receiver takes it", async () => {
  const server = await receiver((count) => (count === 1 ? 503 : 204));
  const app = await toldAt(server.url, definition("[{ on: [failed], notify: ops }]", BROKEN));
  const run = await driven(app);
  expect(server.seen).toHaveLength(1);
  expect(await (await app.store()).listAlerts({})).toMatchObject([
    { status: "pending", attempts: 1, error: expect.stringContaining("answered 503") },
  ]);
  await workUntil(app, "sent");
  expect(server.seen).toHaveLength(2);
  const [first, second] = server.seen.map(({ headers, body }) => ({ headers, body: JSON.parse(body), text: body }));
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.body).toMatchObject({
    specversion: "1.0",
    type: "dev.stagecraft.alert.failed.v1",
    source: `/stagecraft/told/${run}`,
    id: second?.headers["webhook-id"],
    message: expect.stringMatching(`^run ${run} of told failed: .* \\[[a-z-]+\\]$`),
    data: { on: "failed", run, workflow: "told", stage: null },
  });
  const signed = `${second?.headers["webhook-id"]}.${second?.headers["webhook-timestamp"]}.${second?.text}`;
  const expected = createHmac("sha256", Buffer.from(KEY, "base64")).update(signed).digest("base64");
  expect(second?.headers["webhook-signature"]).toBe(`v1,${expected}`);
  expect(second?.text).not.toContain(KEY);
});

it("a wait that is over in time is not told of, and one that is not is, once", async () => {
  const server = await receiver(() => 204);
  const text = definition("[{ on: [waiting, rejected], notify: ops, after: 1h }]", ASKS);
  const app = await toldAt(server.url, text);
  await driven(app);
  const decided = await driven(app);
  expect(server.seen).toEqual([]);
  const store = await app.store();
  const [approval] = await store.listApprovals({ run: decided });
  await app.decide(approval!.id, { outcome: "rejected", by: { ...app.actor(), user: "heidi" } });
  await app.drive(decided, { patience: 0 });
  expect(server.seen.map(({ body }) => JSON.parse(body).data)).toMatchObject([{ on: "rejected", run: decided }]);
  await workUntil(app, "void");
  await expect.poll(async () => await store.countAlerts()).toEqual({ sent: 2, void: 1 });
  expect(JSON.parse(server.seen[1]!.body).message).toMatch(/waits at ask for a decision: Pay\?$/);
});

it("a run that nobody drives is told of by whoever drives another", async () => {
  const server = await receiver(() => 204);
  const app = await toldAt(server.url, definition("[{ on: [slow], notify: ops, after: 1ms }]", ASKS));
  const calm = definition("[]", ASKS).replace("id: told", "id: calm");
  fs.writeFileSync(path.join(app.config.project, "definitions/calm.workflow.yaml"), calm);
  const alone = await app.start(await app.read("told"), { inputs: {}, by: app.actor() });
  const other = await app.start(await app.read("calm"), { inputs: {}, by: app.actor() });
  await expect.poll(() => Date.now()).toBeGreaterThan(alone.createdAt + 1);
  await app.drive(other.id, { patience: 0 });
  expect(server.seen.map(({ body }) => JSON.parse(body).data)).toMatchObject([{ on: "slow", run: alone.id }]);
  expect(await app.findRun(alone.id)).toMatchObject({ status: "queued", owner: null });
});

it("a run that takes too long is told of while it has not ended, however many take it up", async () => {
  const server = await receiver(() => 204);
  const app = await toldAt(server.url, definition("[{ on: [slow], notify: ops, after: 2h }]", ASKS));
  const run = await driven(app);
  await app.drive(run, { patience: 0 });
  expect(await (await app.store()).listAlerts({})).toHaveLength(1);
  await workUntil(app, "sent");
  expect(server.seen.map(({ body }) => JSON.parse(body).message)).toEqual([
    `run ${run} of told has not ended after 2h`,
  ]);
});
