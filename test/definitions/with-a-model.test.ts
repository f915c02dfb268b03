import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import type { AgentReply, AgentRequest } from "../../src/plugin/api.js";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { appOf, askedOf, shippedProject } from "../support/project.js";
import { ROUTES } from "./routes.js";
import { takeRoute } from "./take-route.js";

const KEY = "sk-test-0123456789abcdef";

let project: string;
let models: ModelServer;
let app: App;

/** The answers an independent server gives: each agent of each sample what its request was once answered. */
beforeAll(async () => {
  project = shippedProject();
  const tape = path.join(project, "tape");
  const recorded = await appOf(project, { cassette: { mode: "record", folder: tape } });
  for (const route of ROUTES) await takeRoute(recorded, project, route, "embedded");
  await recorded.close();
  models = await startModelServer(fs.readdirSync(tape).map((file) => fixtureOf(path.join(tape, file))));
  app = await appOf(project, askedOf(models.baseUrl, KEY));
}, 120_000);

afterAll(async () => {
  await app.close();
  await models.close();
  fs.rmSync(project, { recursive: true });
});

function fixtureOf(file: string): object {
  const { request, reply } = JSON.parse(fs.readFileSync(file, "utf8")) as { request: AgentRequest; reply: AgentReply };
  const match = { systemMessage: request.instructions, userMessage: request.messages[0]?.content };
  return { match, response: { content: JSON.stringify(reply.output) } };
}

describe("every sample, its agents answered by an independent model server", () => {
  it.each(ROUTES)("$workflow $sample ends $status, taking the route $stages", async (route) => {
    const before = (await models.requests()).length;
    const { run, stages } = await takeRoute(app, project, route, "openai");
    const asked = (await models.requests()).slice(before);
    const answered = stages.filter(({ usage }) => usage !== undefined);
    expect(answered.map(({ usage }) => usage?.provider)).toEqual(answered.map(() => "openai"));
    // Each answer was asked for once, in the schema's strict form.
    expect(asked).toHaveLength(answered.length);
    for (const { response_format } of asked) expect(response_format).toMatchObject({ json_schema: { strict: true } });
    const journal = JSON.stringify(await (await app.store()).readEvents(run.id));
    expect(journal).not.toContain(KEY);
  });
});
