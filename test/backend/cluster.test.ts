import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http2 from "node:http2";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { database } from "../store/postgres/stores.js";
import { createProject } from "../support/cli.js";
import { restateServer } from "../support/restate/server.js";
import { balancerProgram, type Shipped, shippedBalancer, shippedNodes } from "../support/restate/shipped.js";
import { EFFECT_FILES, effectsOf, faultsOf, lanesDefinition } from "../support/workers/effects.js";
import { eventsOf, progress, startRuns, succeeded } from "../support/workers/fleet.js";
import { startWorkerProcess } from "../support/workers/workers.js";

const WITHOUT = balancerProgram();
const [isMissing, why] = [typeof WITHOUT === "string", String(WITHOUT)];

/** A project on a PostgreSQL database whose two workers stand behind the shipped balancer. */
async function bench({ listens }: Shipped, restate: string, definition: string, env: Record<string, string> = {}) {
  const { url } = await database();
  const project = createProject({ ...EFFECT_FILES, "definitions/lanes.workflow.yaml": definition });
  fs.appendFileSync(path.join(project.folder, "stagecraft.config.yaml"), `backend: restate\nrestate: ${restate}\n`);
  const app = openApp({ config: await loadConfig({ cwd: project.folder, db: url }) });
  onTestFinished(() => app.close());
  const start = (listen: string) =>
    startWorkerProcess(project.folder, { STAGECRAFT_DB: url, ...env }, "--listen", listen);
  const workers = [await start(listens[0]), await start(listens[1])] as const;
  const told = () => effectsOf(project.folder);
  return { app, project, start, workers, told };
}

const MINUTE = { timeout: 60_000, interval: 50 };

it("what a worker was doing that hangs is done by another within ten seconds, and counts once though the first goes on", async ({
  skip,
}) => {
  skip(isMissing, why);
  const [shipped, { settings }] = await Promise.all([shippedBalancer(), restateServer()]);
  const { ingress, admin } = settings;
  const restate = JSON.stringify({ ingress, admin, workers: `http://${shipped.balancer}:9080` });
  const { app, workers, told } = await bench(shipped, restate, lanesDefinition("lanes", 6, 4, 400));
  const runs = await startRuns(app, "lanes", 2);
  const [victim] = workers;
  const counts = (what: string) => told().filter((line) => line.what === what && line.pid === victim.pid).length;
  await expect.poll(() => counts("begin") - counts("end"), MINUTE).toBeGreaterThan(2);
  victim.signal("SIGSTOP");
  const hungAt = Date.now();
  await expect.poll(() => succeeded(app), MINUTE).toBe(2);
  const events = (await Promise.all(runs.map((run) => eventsOf(app, run)))).flat();
  const lost = events.filter(({ type }) => type === "attemptLost");
  expect(lost.length, "attempts that hung with it").toBeGreaterThan(0);
  for (const { at } of lost) expect(at - hungAt, "until it was given up").toBeLessThan(10_000);
  victim.signal("SIGCONT");
  await expect.poll(() => counts("begin") - counts("end"), MINUTE).toBe(0);
  for (const run of runs) expect(faultsOf(run, await eventsOf(app, run), told())).toEqual([]);
}, 120_000);

it("workers that are replaced by others with new code behind the shipped balancer finish what they are at, and no attempt is lost", async ({
  skip,
}) => {
  skip(isMissing, why);
  const [shipped, { settings }] = await Promise.all([shippedBalancer(), restateServer()]);
  const { ingress, admin } = settings;
  const workersAt = `http://${shipped.balancer}:9080`;
  const restate = JSON.stringify({ ingress, admin, workers: workersAt, graceSeconds: 30 });
  const { app, project, start, workers, told } = await bench(shipped, restate, lanesDefinition("lanes", 4, 3, 2_500));
  const runs = [...(await startRuns(app, "lanes", 2))];
  // Other code of the stages, and a shorter definition of the same name: what runs began with is to be kept.
  const code = EFFECT_FILES["plugins/effects/index.mjs"];
  project.write("plugins/effects/index.mjs", code.replace('say("end", context);', '$& say("new", context);'));
  project.write("definitions/lanes.workflow.yaml", lanesDefinition("lanes", 1, 1, 5).replace("1.0.0", "2.0.0"));
  for (const [at, worker] of workers.entries()) {
    const isAtWork = () => told().filter(({ pid, what }) => pid === worker.pid && what === "begin").length;
    await expect.poll(isAtWork, MINUTE).toBeGreaterThan(2);
    await worker.stop();
    await start(shipped.listens[at] as string);
    // Begun while workers of both releases are there.
    runs.push(...(await startRuns(app, "lanes", 1)));
  }
  await expect.poll(() => succeeded(app), MINUTE).toBe(4);
  const rows = await Promise.all(runs.map(async (run) => (await app.store()).getRun(run)));
  expect(rows.map((row) => [row?.version, row?.stages])).toEqual([
    ["1.0.0", 12],
    ["1.0.0", 12],
    ["2.0.0", 1],
    ["2.0.0", 1],
  ]);
  const byNewCode = new Set(told().flatMap(({ what, run }) => (what === "new" ? [run] : [])));
  expect(
    runs.slice(0, 2).filter((run) => byNewCode.has(run)),
    "old runs went on by new code",
  ).not.toEqual([]);
  for (const run of runs) {
    const events = await eventsOf(app, run);
    expect(events.filter(({ type }) => type === "attemptLost")).toEqual([]);
    expect(faultsOf(run, events, told())).toEqual([]);
    expect(await app.retrace(run), run).toMatchObject({ drifts: [] });
  }
}, 120_000);

it("three nodes that speak TLS and sign their requests lose nothing when one is killed, and workers refuse who does not sign", async ({
  skip,
}) => {
  skip(isMissing, why);
  const shipped = await shippedBalancer(true);
  const [, doomed] = await shippedNodes(shipped);
  // As a person would find it out.
  const keyOf = () =>
    /publickeyv1_\w+/.exec(fs.readFileSync(path.join(shipped.folder, "node1.log"), "utf8"))?.[0] ?? "";
  await expect.poll(keyOf, MINUTE).not.toBe("");
  const key = keyOf();
  const at = (port: number) => `https://${shipped.balancer}:${port}`;
  const restate = JSON.stringify({ ingress: at(8080), admin: at(9070), workers: at(9080), identityKeys: [key] });
  const trust = { NODE_EXTRA_CA_CERTS: path.join(shipped.folder, "ca.crt") };
  const { app, told } = await bench(shipped, restate, lanesDefinition("lanes", 4, 6, 30), trust);

  const [worker] = shipped.listens;
  const mine = createPrivateKey(fs.readFileSync(path.join(shipped.folder, "identity.pem")));
  const stranger = generateKeyPairSync("ed25519").privateKey;
  expect(await ask(worker, "/health", {})).toBe(200);
  expect(await ask(worker, "/discover", {})).toBe(401);
  expect(await ask(worker, "/discover", signed("/discover", key, stranger))).toBe(401);
  expect(await ask(worker, "/discover", signed("/discover", key, mine))).toBe(200);

  const runs = await startRuns(app, "lanes", 4);
  await expect.poll(() => progress(app), MINUTE).toBeGreaterThan(20);
  await doomed?.kill();
  await expect.poll(() => succeeded(app), MINUTE).toBe(4);
  for (const run of runs) expect(faultsOf(run, await eventsOf(app, run), told())).toEqual([]);
  expect(await (await app.store()).check()).toEqual([]);
}, 120_000);

/** The status with which a worker answers. */
async function ask(worker: string, path: string, headers: http2.OutgoingHttpHeaders): Promise<unknown> {
  const session = http2.connect(`http://${worker}`);
  try {
    const accept = "application/vnd.restate.endpointmanifest.v4+json";
    const [answer] = await once(session.request({ ":path": path, accept, ...headers }), "response");
    return answer[":status"];
  } finally {
    session.destroy();
  }
}

/** As a Restate server signs a request for `path`. */
function signed(path: string, kid: string, key: KeyObject): http2.OutgoingHttpHeaders {
  const now = Math.floor(Date.now() / 1_000);
  const parts = [
    { typ: "JWT", alg: "EdDSA", kid },
    { aud: path, nbf: now - 60, iat: now, exp: now + 60 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signature = sign(null, Buffer.from(parts.join(".")), key).toString("base64url");
  return { "x-restate-signature-scheme": "v1", "x-restate-jwt-v1": [...parts, signature].join(".") };
}
