import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { App, RunView } from "../../src/app.js";
import type { JsonObject } from "../../src/core/json.js";
import type { Route } from "./routes.js";

const PATIENCE = { patience: 5_000 };

/** Runs a sample of the project's, deciding as the route says, and holds its end against what the route expects. */
export async function takeRoute(app: App, project: string, route: Route, provider?: string): Promise<RunView> {
  const sample = path.join(project, "definitions", "samples", `${route.workflow}.${route.sample}.json`);
  const inputs = JSON.parse(fs.readFileSync(sample, "utf8")) as JsonObject;
  // Each run has books of its own, as if it were the first of its project.
  fs.rmSync(path.join(project, ".stagecraft"), { recursive: true, force: true });
  const by = app.actor("ann");
  const { id } = await app.start(await app.read(route.workflow), { inputs, by, ...(provider && { provider }) });
  await app.drive(id, PATIENCE);
  for (const { stage, by: person, outcome } of route.decide ?? []) {
    const open = await (await app.store()).listApprovals({ run: id, status: ["open"] });
    const approval = open.find((row) => row.stage === stage);
    if (approval === undefined)
      throw new Error(`${stage} does not wait; open: ${open.map((row) => row.stage).join(", ")}`);
    await app.decide(approval.id, { by: app.actor(person), outcome });
    await app.drive(id, PATIENCE);
  }
  const view = await app.view(id);
  const { status, error, outputs } = view.run;
  const outcomes = Object.fromEntries(view.stages.map((stage) => [stage.path, stage.outcome ?? stage.status]));
  expect({ status, error: error?.message }).toMatchObject({ status: route.status });
  expect(outcomes).toMatchObject(route.stages);
  if (route.outputs !== undefined) expect(outputs).toMatchObject(route.outputs);
  return view;
}
