import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import { appOf, shippedProject } from "../support/project.js";
import { ROUTES } from "./routes.js";
import { takeRoute } from "./take-route.js";

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

describe("every sample, with the embedded extractor and real files", () => {
  it.each(ROUTES)("$workflow $sample ends $status, taking the route $stages", async (route) => {
    const { run } = await takeRoute(app, project, route);
    for (const kept of await (await app.store()).readEvents(run.id))
      expect(JSON.stringify(kept)).not.toContain("undefined");
  });
});
