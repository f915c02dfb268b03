import { expect, it } from "vitest";
import { EFFECT_FILES, effectsOf } from "../support/workers/effects.js";
import { expectNoFaults, FLEETS, fleetOf, startRuns, succeeded } from "../support/workers/fleet.js";

const definition = (version: string, last: string) => `apiVersion: stagecraft/v1
id: order
version: "${version}"
stages:
  before: { uses: test/work, with: {} }
  ask: { needs: [before], uses: approval, with: { title: "Go on?", approvers: [dana] } }
  ${last}: { needs: [ask.approved], uses: test/work, with: {} }
`;

it.each(FLEETS)(
  "runs under way when workers are replaced end by the plan they began with (%s), and those begun since by the new one",
  async (kind) => {
    const made = await fleetOf(kind, { order: definition("1.0.0", "ship") });
    const { app, project } = made;
    const store = await app.store();
    const opened = async () => (await store.listApprovals({ status: ["open"] })).length;
    const old = await made.startWorkers();
    const [before = ""] = await startRuns(app, "order", 1);
    await expect.poll(opened, { timeout: 60_000 }).toBe(1);
    for (const worker of old) await worker.stop();
    // Other code of the stages, and another definition of the same name.
    const plugin = EFFECT_FILES["plugins/effects/index.mjs"].replace('version: "1.0.0"', 'version: "2.0.0"');
    project.write("plugins/effects/index.mjs", plugin);
    project.write("definitions/order.workflow.yaml", definition("2.0.0", "deliver"));
    await made.startWorkers();
    const [since = ""] = await startRuns(app, "order", 1);
    await expect.poll(opened, { timeout: 60_000 }).toBe(2);
    for (const { id } of await store.listApprovals({ status: ["open"] })) {
      await app.decide(id, { by: { user: "dana", roles: [], groups: [], via: "cli" }, outcome: "approved" });
    }
    await expect.poll(() => succeeded(app), { timeout: 60_000 }).toBe(2);
    const done = effectsOf(project.folder).filter(({ what }) => what === "end");
    const stagesOf = (of: string) => done.filter(({ run }) => run === of).map(({ stage }) => stage);
    expect([stagesOf(before), stagesOf(since)]).toEqual([
      ["before", "ship"],
      ["before", "deliver"],
    ]);
    expect([(await store.getRun(before))?.version, (await store.getRun(since))?.version]).toEqual(["1.0.0", "2.0.0"]);
    await expectNoFaults(made, [before, since]);
    // Whichever code looks: every step that was decided is decided the same again.
    for (const run of [before, since]) expect(await app.retrace(run), run).toMatchObject({ drifts: [] });
  },
  240_000,
);
