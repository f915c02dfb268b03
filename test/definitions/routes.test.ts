import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App, RunRow } from "../../src/app.js";
import type { JsonObject } from "../../src/core/json.js";
import { appOf, shippedProject } from "../support/project.js";
import { type Decide, ROUTES } from "./routes.js";

let project: string;
let app: App;

beforeAll(async () => {
  project = shippedProject();
  app = await appOf(project);
});

afterAll(async () => {
  await app.close();
  fs.rmSync(project, { recursive: true });
});

const PATIENCE = { patience: 5_000 };

async function decide(run: string, { stage, by, outcome }: Decide): Promise<RunRow> {
  const open = await (await app.store()).listApprovals({ run, status: ["open"] });
  const approval = open.find((row) => row.stage === stage);
  if (approval === undefined)
    throw new Error(`${stage} does not wait; open: ${open.map((row) => row.stage).join(", ")}`);
  await app.decide(approval.id, { by: app.actor(by), outcome });
  return app.drive(run, PATIENCE);
}

describe("every sample, with the embedded extractor and real files", () => {
  it.each(ROUTES)("$workflow $sample ends $status, taking the route $stages", async (route) => {
    const sample = path.join(project, "definitions", "samples", `${route.workflow}.${route.sample}.json`);
    const inputs = JSON.parse(fs.readFileSync(sample, "utf8")) as JsonObject;
    // Each run has books of its own, as if it were the first of its project.
    fs.rmSync(path.join(project, ".stagecraft"), { recursive: true, force: true });
    const started = await app.start(await app.read(route.workflow), { inputs, by: app.actor("ann") });
    let run = await app.drive(started.id, PATIENCE);
    for (const decision of route.decide ?? []) run = await decide(run.id, decision);
    const view = await app.view(run.id);
    const outcomes = Object.fromEntries(
      view.stages.map(({ path: name, outcome, status }) => [name, outcome ?? status]),
    );
    expect({ status: run.status, error: run.error?.message }).toMatchObject({ status: route.status });
    expect(outcomes).toMatchObject(route.stages);
    if (route.outputs !== undefined) expect(run.outputs).toMatchObject(route.outputs);
    for (const kept of await (await app.store()).readEvents(run.id))
      expect(JSON.stringify(kept)).not.toContain("undefined");
  });
});
