import { expect, it } from "vitest";
import type { App } from "../../src/app.js";
import type { Event } from "../../src/core/event.js";
import { createProject, type Project } from "../support/cli.js";
import { EFFECT_FILES, effectsOf } from "../support/workers/effects.js";
import { carriedOf, openAt, type Place } from "./places.js";

const WORK = (ms: number) => `uses: test/work, with: { ms: ${ms} }`;

/** One stage that can be undone, then several side by side, of which one is done at once, then one that waits for a time. */
const DEFINITION = `apiVersion: stagecraft/v1
id: control
version: "1.0.0"
inputs: { ms: { type: number } }
stages:
  book: { ${WORK(5)}, compensate: { ${WORK(5)} } }
  a: { needs: [book], uses: test/work, with: { ms: "\${{ inputs.ms }}" }, compensate: { ${WORK(5)} } }
  b: { needs: [book], uses: test/work, with: { ms: "\${{ inputs.ms }}" } }
  c: { needs: [book], ${WORK(5)}, compensate: { ${WORK(5)} } }
  later: { needs: [a, b, c], uses: wait, with: { duration: 300ms } }
  last: { needs: [later], ${WORK(5)} }
finally:
  tell: { ${WORK(5)} }
`;

/** Where workers share what is to be driven. */
const SHARED = ["postgres", "restate"] as const;

async function started(place: Place, ms: number): Promise<{ app: App; project: Project; run: string }> {
  const project = createProject({ ...EFFECT_FILES, "definitions/control.workflow.yaml": DEFINITION });
  const app = await openAt(place, project.folder);
  const { id } = await app.start(await app.read("control"), { inputs: { ms }, by: app.actor() });
  return { app, project, run: id };
}

const eventsOf = async (app: App, run: string): Promise<readonly Event[]> =>
  (await (await app.store()).readEvents(run)).map(({ event }) => event);

const begun = (project: Project, ...stages: readonly string[]) =>
  effectsOf(project.folder).filter(({ what, stage }) => what === "begin" && stages.includes(stage)).length;

const SOON = { timeout: 30_000 };

it.each(SHARED)(
  "a run of several workers that is rolled back in the middle of a fan-out undoes what was done, once (%s)",
  async (place) => {
    const { app, project, run } = await started(place, 1_500);
    await expect.poll(() => begun(project, "a", "b"), SOON).toBe(2);
    await app.send(run, { type: "rollback", by: "ann" });
    expect((await app.drive(run, { patience: 60_000 })).status).toBe("rolledBack");
    const undone = (await eventsOf(app, run)).filter(({ type }) => type === "compensated");
    // What was under way came to its end, and was then undone too, the newest first.
    expect(undone).toMatchObject([{ stage: "a" }, { stage: "c" }, { stage: "book" }]);
    const times = ["a", "c", "book", "b", "finally/tell"].map((stage) => begun(project, stage));
    expect(times, "done and undone once").toEqual([2, 2, 2, 1, 1]);
    expect(begun(project, "last")).toBe(0);
  },
  120_000,
);

it.each(SHARED)(
  "a run of several workers that is cancelled in the middle of a fan-out ends without what was under way, and what was done is undone once when somebody asks for it (%s)",
  async (place) => {
    const { app, project, run } = await started(place, 60_000);
    const times = (...stages: readonly string[]) => stages.map((stage) => begun(project, stage));
    const ended = async () =>
      (await eventsOf(app, run)).flatMap((event) => (event.type === "stageEnded" ? [event.stage] : []));
    await expect.poll(() => times("a", "b"), SOON).toEqual([1, 1]);
    await expect.poll(ended, SOON).toContain("c");
    await app.send(run, { type: "cancel", by: "ann" });
    expect((await app.drive(run, { patience: 60_000 })).status).toBe("cancelled");
    expect(times("book", "a", "b", "c", "last", "finally/tell"), "nothing is undone").toEqual([1, 1, 1, 1, 0, 1]);
    await app.send(run, { type: "rollback", by: "ann" });
    await app.drive(run, { patience: 60_000 });
    await expect.poll(async () => (await app.view(run)).run.status, SOON).toBe("rolledBack");
    const undone = (await eventsOf(app, run)).filter(({ type }) => type === "compensated");
    expect(undone, "not what was stopped").toMatchObject([{ stage: "c" }, { stage: "book" }]);
    expect(times("book", "a", "b", "c", "last", "finally/tell", "finally~2/tell")).toEqual([2, 1, 1, 2, 0, 1, 1]);
  },
  120_000,
);

it.each(SHARED)(
  "a paused run of several workers starts nothing more until it is resumed, and then its timers ring (%s)",
  async (place) => {
    const { app, project, run } = await started(place, 800);
    await expect.poll(() => begun(project, "a", "b"), SOON).toBe(2);
    await app.send(run, { type: "pause", by: "ann" });
    expect((await app.drive(run, { patience: 60_000 })).status).toBe("paused");
    const frozen = (await eventsOf(app, run)).length;
    expect((await app.drive(run, { patience: 60_000 })).status).toBe("paused");
    expect(await eventsOf(app, run)).toHaveLength(frozen);
    await app.send(run, { type: "resume", by: "ann" });
    expect((await app.drive(run, { patience: 60_000 })).status).toBe("succeeded");
    expect(begun(project, "a", "b", "last")).toBe(3);
  },
  120_000,
);

it("Restate is given names and numbers, and nothing of what runs hold", async () => {
  const project = createProject({
    ...EFFECT_FILES,
    "definitions/private.workflow.yaml": `apiVersion: stagecraft/v1
id: private
version: "1.0.0"
inputs: { name: { type: string } }
stages:
  a: { uses: test/work, with: { on: "\${{ inputs.name }}" } }
  b: { needs: [a], uses: transform, with: { values: { name: "\${{ inputs.name }}" } } }
outputs: { name: "\${{ stages.b.outputs.name }}" }
`,
  });
  const app = await openAt("restate", project.folder);
  const inputs = { name: "Wilhelmina-Xanthippe" };
  const { id } = await app.start(await app.read("private"), { inputs, by: app.actor() });
  const { status, outputs } = await app.drive(id, { patience: 60_000 });
  expect({ status, outputs }).toEqual({ status: "succeeded", outputs: inputs });
  expect(carriedOf(app), "the bytes are readable").toContain(`${id}/a/do/1`);
  expect(carriedOf(app)).not.toContain(inputs.name);
}, 120_000);
