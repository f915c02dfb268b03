import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import type { App } from "../../src/app.js";
import { appOf, projectOf } from "../support/project.js";

const MINUTE = 60_000;
const T0 = Date.parse("2026-03-28T10:00:00Z");

const head = (triggers: string) => `apiVersion: stagecraft/v1
id: report
version: "1.0.0"
inputs: { about: { type: string }, late: { type: boolean, default: false } }
triggers: ${triggers}
stages:
  gate: { uses: wait, with: { duration: 30d } }
  tell: { needs: [gate], uses: transform, with: { values: { about: "\${{ inputs.about }}", by: "\${{ trigger.id }}" } } }
`;
const clock = (more = "") =>
  head(`[{ cron: "*/10 * * * *", ${more} inputs: { about: "\${{ trigger.time }}", late: "\${{ trigger.late }}" } }]`);

const projects: string[] = [];
afterEach(() => {
  for (const folder of projects.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function projectWith(text: string): string {
  const project = projectOf({ "definitions/report.workflow.yaml": text });
  projects.push(project);
  return project;
}

/** An app of its own on the project's database, as another process would have. */
async function open(project: string): Promise<App> {
  const app = await appOf(project);
  onTestFinished(() => app.close());
  return app;
}

async function aboutOf(app: App): Promise<readonly unknown[]> {
  const runs = await (await app.store()).listRuns({});
  const views = await Promise.all(runs.map(({ id }) => app.view(id)));
  return views.map(({ inputs }) => inputs["about"]).reverse();
}

describe("a cron trigger", () => {
  it("starts a run for each time once, whoever looks and however often, and not for times before it was first seen", async () => {
    const project = projectWith(clock("overlap: allow,"));
    const apps = [await open(project), await open(project)];
    const [one, two] = await Promise.all(apps.map((app) => app.scheduler()));
    expect(await one!.tick(T0 + MINUTE)).toEqual([]);
    for (const minute of [9, 10, 10.5, 21]) {
      await Promise.all([one!.tick(T0 + minute * MINUTE), two!.tick(T0 + minute * MINUTE)]);
    }
    expect(await aboutOf(apps[0]!)).toEqual(["2026-03-28T10:10:00.000Z", "2026-03-28T10:20:00.000Z"]);
  });

  it("finds the run of a time again after a crash between starting it and moving on", async () => {
    const project = projectWith(clock("overlap: allow,"));
    const app = await open(project);
    await (await app.scheduler()).tick(T0);
    const store = await app.store();
    const [before] = await store.listSchedules();
    await (await app.scheduler()).tick(T0 + 10 * MINUTE);
    const [after] = await store.listSchedules();
    // As if the process had died before it could move the schedule on.
    await store.saveSchedule({ ...before!, version: after!.version });
    const again = await open(project);
    await (await again.scheduler()).tick(T0 + 10 * MINUTE);
    expect(await aboutOf(app)).toEqual(["2026-03-28T10:10:00.000Z"]);
  });

  it("passes a time over while its run has not ended, and goes on when it has", async () => {
    const app = await open(projectWith(clock()));
    const scheduler = await app.scheduler();
    for (const minute of [0, 10, 20]) await scheduler.tick(T0 + minute * MINUTE);
    const [run] = await (await app.store()).listRuns({});
    await app.send(run!.id, { type: "cancel", by: "ann" });
    await app.drive(run!.id, { patience: 0 });
    await scheduler.tick(T0 + 30 * MINUTE);
    expect(await aboutOf(app)).toEqual(["2026-03-28T10:10:00.000Z", "2026-03-28T10:30:00.000Z"]);
  });

  it("catches up on the newest time it missed and tells the run that it is late", async () => {
    const app = await open(projectWith(clock("catchup: 30m,")));
    const scheduler = await app.scheduler();
    await scheduler.tick(T0);
    const [run] = await scheduler.tick(T0 + 55 * MINUTE);
    expect((await app.view(run!.id)).inputs).toEqual({ about: "2026-03-28T10:50:00.000Z", late: true });
  });

  it("reckons in its timezone, over a change of the clocks", async () => {
    const text = head(
      `[{ cron: "0 9 * * *", timezone: Europe/Paris, overlap: allow, inputs: { about: "\${{ trigger.time }}" } }]`,
    );
    const app = await open(projectWith(text));
    const scheduler = await app.scheduler();
    await scheduler.tick(Date.parse("2026-03-27T12:00:00Z"));
    await scheduler.tick(Date.parse("2026-03-28T08:00:00Z"));
    await scheduler.tick(Date.parse("2026-03-29T08:00:00Z"));
    expect(await aboutOf(app)).toEqual(["2026-03-28T08:00:00.000Z", "2026-03-29T07:00:00.000Z"]);
  });

  it("reckons anew when the definition says other times, and fires none that were due by the old ones", async () => {
    const project = projectWith(clock());
    const app = await open(project);
    const scheduler = await app.scheduler();
    await scheduler.tick(T0);
    fs.writeFileSync(path.join(project, "definitions/report.workflow.yaml"), clock().replace("*/10", "30"));
    expect(await scheduler.tick(T0 + 15 * MINUTE)).toEqual([]);
    const [run] = await scheduler.tick(T0 + 30 * MINUTE);
    expect((await app.view(run!.id)).inputs["about"]).toBe("2026-03-28T10:30:00.000Z");
  });

  it("keeps why a run could not be started, and goes on with the next time", async () => {
    const text = head(
      `[{ cron: "*/10 * * * *", overlap: allow, inputs: { about: "\${{ string(1 / int(trigger.late ? 1 : 0)) }}" } }]`,
    );
    const app = await open(projectWith(text));
    const scheduler = await app.scheduler();
    await scheduler.tick(T0);
    await scheduler.tick(T0 + 10 * MINUTE);
    const [row] = await (await app.store()).listSchedules();
    expect(row).toMatchObject({
      lastRun: null,
      lastError: expect.stringContaining("inputs.about"),
      nextAt: T0 + 20 * MINUTE,
    });
  });
});

describe("a file trigger", () => {
  const text = head(
    `[{ file: "inbox/*.csv", inputs: { about: "\${{ trigger.file + ' ' + string(trigger.bytes) }}" } }]`,
  );
  const drop = (project: string, name: string, content: string, at: number) => {
    const file = path.join(project, "inbox", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    fs.utimesSync(file, at / 1000, at / 1000);
  };

  it("starts a run for each file that has come to rest, and again when it changes, over restarts", async () => {
    const project = projectWith(text);
    const app = await open(project);
    const now = Date.now();
    const tick = async (one: App) => (await (await one.scheduler()).tick(now)).length;
    drop(project, "a.csv", "x", now - 5_000);
    drop(project, "b.csv", "being written", now - 500);
    drop(project, "c.txt", "x", now - 5_000);
    drop(project, "deep/d.csv", "x", now - 5_000);
    expect([await tick(app), await tick(app), await tick(await open(project))]).toEqual([1, 0, 0]);
    drop(project, "a.csv", "xyz", now - 4_000);
    expect(await tick(app)).toBe(1);
    expect(await aboutOf(app)).toEqual(["inbox/a.csv 1", "inbox/a.csv 3"]);
  });

  it("never looks outside the project", async () => {
    const project = projectWith(text.replace("inbox/*.csv", "../*/*"));
    drop(project, "a.csv", "x", Date.now() - 5_000);
    expect(await (await (await open(project)).scheduler()).tick(Date.now())).toEqual([]);
  });
});

describe("a paused schedule", () => {
  it("fires nothing, and after it is resumed nothing of what it missed", async () => {
    const app = await open(projectWith(clock("overlap: allow,")));
    const scheduler = await app.scheduler();
    await scheduler.tick(T0);
    await scheduler.pause("report/cron1", "ann", T0 + MINUTE);
    expect(await scheduler.tick(T0 + 25 * MINUTE)).toEqual([]);
    await scheduler.resume("report/cron1", T0 + 26 * MINUTE);
    expect(await scheduler.tick(T0 + 27 * MINUTE)).toEqual([]);
    expect(await scheduler.tick(T0 + 30 * MINUTE)).toHaveLength(1);
  });
});
