import fs from "node:fs";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import type { App } from "../../src/app.js";
import { dueAmong } from "../../src/core/schedule.js";
import { appOf, projectOf } from "../support/project.js";

const T0 = Date.parse("2026-03-28T10:00:00Z");
const HOUR = 3_600_000;

const ship = (more = "", stages = `gate: { uses: wait, with: { duration: 30d } }`) => `apiVersion: stagecraft/v1
id: ship
version: "1.0.0"
inputs: { order: { type: string } }
triggers: [{ id: placed, event: orderPlaced, ${more} inputs: { order: "\${{ trigger.data.order }}" } }]
stages:
  ${stages}
  tell: { uses: transform, with: { values: { order: "\${{ inputs.order }}", by: "\${{ trigger.?by }}" } } }
`;
const SAY = `apiVersion: stagecraft/v1
id: say
version: "1.0.0"
stages:
  say: { uses: emit, with: { event: orderPlaced, data: { order: A-1 } } }
`;

const projects: string[] = [];
afterEach(() => {
  for (const folder of projects.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function projectWith(text: string): string {
  const project = projectOf({ "definitions/ship.workflow.yaml": text, "definitions/say.workflow.yaml": SAY });
  projects.push(project);
  return project;
}

/** An app of its own on the project's database, as another process would have, that has met the definition. */
async function open(project: string): Promise<App> {
  const app = await appOf(project);
  onTestFinished(() => app.close());
  await (await app.scheduler()).tick(T0);
  return app;
}

const say = (app: App, order: string, id?: string) =>
  app.events.say({ name: "orderPlaced", data: { order }, by: "ann", ...(id !== undefined && { id }) });

async function orders(app: App): Promise<readonly unknown[]> {
  const runs = await (await app.store()).listRuns({ workflow: "ship" });
  const views = await Promise.all(runs.map(({ id }) => app.view(id)));
  return views.map(({ inputs }) => inputs["order"]).sort();
}

describe("an event trigger", () => {
  it("starts one run of an event, whoever looks and however often it is said", async () => {
    const project = projectWith(ship());
    const apps = await Promise.all([0, 1, 2].map(() => open(project)));
    const schedulers = await Promise.all(apps.map((app) => app.scheduler()));
    await Promise.all(apps.map((app) => say(app, "A-1", "one")));
    await say(apps[0]!, "A-2");
    for (let look = 0; look < 3; look++) await Promise.all(schedulers.map((one) => one.tick(T0 + look)));
    expect(await orders(apps[0]!)).toEqual(["A-1", "A-2"]);
    const [run] = await (await apps[0]!.store()).listRuns({ workflow: "ship" });
    await apps[0]!.drive(run!.id, { patience: 0 });
    const tell = (await apps[0]!.view(run!.id)).stages.find(({ path }) => path === "tell");
    expect(tell?.outputs).toMatchObject({ by: "ann" });
  });

  it("finds the run of an event again after a crash between starting it and moving on", async () => {
    const app = await open(projectWith(ship()));
    const store = await app.store();
    await say(app, "A-1");
    const [before] = await store.listSchedules();
    await (await app.scheduler()).tick(T0);
    const [after] = await store.listSchedules();
    expect(after!.heard).toBeGreaterThan(before!.heard!);
    await store.saveSchedule({ ...before!, version: after!.version });
    await (await app.scheduler()).tick(T0);
    expect(await orders(app)).toEqual(["A-1"]);
  });

  it("hears what a run says, and nothing that was said before it was there or while it was paused", async () => {
    const project = projectWith(ship().replace(/^triggers.*$/m, ""));
    const early = await open(project);
    await say(early, "A-0");
    fs.writeFileSync(`${project}/definitions/ship.workflow.yaml`, ship());
    const app = await open(project);
    const scheduler = await app.scheduler();
    await scheduler.pause("ship/placed", "ann", T0);
    await say(app, "A-00");
    await scheduler.tick(T0);
    await scheduler.resume("ship/placed", T0);
    const started = await app.start(await app.read("say"), { inputs: {}, by: app.actor() });
    await app.drive(started.id, { patience: 0 });
    await scheduler.tick(T0);
    expect(await orders(app)).toEqual(["A-1"]);
    const [run] = await (await app.store()).listRuns({ workflow: "ship" });
    const [first] = await (await app.store()).readEvents(run!.id);
    expect(first?.event).toMatchObject({ trigger: { kind: "event", by: `run ${started.id}`, hops: 1 } });
  });

  it("passes over what its filter denies, and tells of what it cannot make inputs of without stopping there", async () => {
    const app = await open(projectWith(ship(`filter: "\${{ trigger.data.order != 'A-2' }}",`)));
    for (const order of ["A-1", "A-2"]) await say(app, order);
    await app.events.say({ name: "orderPlaced", data: {}, by: "ann" });
    await say(app, "A-3");
    const scheduler = await app.scheduler();
    await scheduler.tick(T0);
    await scheduler.tick(T0);
    expect(await orders(app)).toEqual(["A-1", "A-3"]);
  });

  it.each([
    ["skip", [["A-1"], ["A-1"], ["A-1", "A-4"]]],
    ["queue", [["A-1"], ["A-1"], ["A-1", "A-2"]]],
    ["latest", [["A-3"], ["A-3"], ["A-3", "A-4"]]],
  ])("with overlap %s lets runs go one after the other", async (overlap, [first, second, third]) => {
    const app = await open(projectWith(ship(`overlap: ${overlap},`)));
    const scheduler = await app.scheduler();
    for (const order of ["A-1", "A-2", "A-3"]) await say(app, order);
    await scheduler.tick(T0);
    expect(await orders(app)).toEqual(first);
    await scheduler.tick(T0);
    expect(await orders(app)).toEqual(second);
    const [run] = await (await app.store()).listRuns({ workflow: "ship" });
    await app.send(run!.id, { type: "cancel", by: "ann" });
    await app.drive(run!.id, { patience: 0 });
    await say(app, "A-4");
    await scheduler.tick(T0);
    expect(await orders(app)).toEqual(third);
  });

  it("ends a circle of runs that start each other", async () => {
    const again = `say: { uses: emit, with: { event: orderPlaced, data: { order: "\${{ inputs.order }}" } } }`;
    const app = await open(projectWith(ship("", again)));
    const scheduler = await app.scheduler();
    await say(app, "A-1");
    for (let turn = 0; turn < 40; turn++) {
      for (const { id } of await scheduler.tick(T0)) await app.drive(id, { patience: 0 });
    }
    expect(await orders(app)).toHaveLength(33);
    const [schedule] = await scheduler.schedules(T0);
    expect(schedule?.row.lastError).toMatch(/circle/);
  });

  it("keeps what was said until every trigger has dealt with it, and not for ever", async () => {
    const app = await open(projectWith(ship("overlap: queue,")));
    const store = await app.store();
    for (const order of ["A-1", "A-2"]) await say(app, order);
    await (await app.scheduler()).tick(T0 + 1);
    const kept = async () => (await store.occurrences({ source: "event", name: "orderPlaced" }, 0, 10)).length;
    expect(await kept()).toBe(2);
    const later = (await open(projects[0]!)).scheduler();
    await (await later).tick(Date.now() + 2 * HOUR);
    expect(await kept()).toBe(1);
    await (await later).tick(Date.now() + 31 * 24 * HOUR);
    expect(await kept()).toBe(0);
  });
});

it("takes turns among what was heard as the overlap says", () => {
  const heard = [1, 2, 3];
  expect(dueAmong(heard, "allow", true)).toEqual({ fire: heard, rest: [] });
  expect(dueAmong(heard, "skip", true)).toEqual({ fire: [], rest: [] });
  expect(dueAmong(heard, "skip", false)).toEqual({ fire: [1], rest: [] });
  expect(dueAmong(heard, "queue", false)).toEqual({ fire: [1], rest: [2, 3] });
  expect(dueAmong(heard, "queue", true)).toEqual({ fire: [], rest: heard });
  expect(dueAmong(heard, "latest", true)).toEqual({ fire: [], rest: [3] });
  expect(dueAmong(heard, "latest", false)).toEqual({ fire: [3], rest: [] });
  expect(dueAmong([], "latest", true)).toEqual({ fire: [], rest: [] });
});
