import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { projectOf } from "../support/project.js";

const ASK = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
stages:
  a: { uses: transform, with: { values: { a: 1 } } }
  ask: { needs: [a], uses: approval, with: { title: "Go on?", approvers: [ann] } }
`;

async function open(folder: string): Promise<App> {
  const app = openApp({ config: await loadConfig({ cwd: folder, db: path.join(folder, "runs.sqlite") }) });
  onTestFinished(() => app.close());
  return app;
}

it("who asks something of a run hears all that follows, once, though another process was quicker to drive it", async () => {
  const folder = projectOf({ "definitions/ask.workflow.yaml": ASK });
  const [app, other] = [await open(folder), await open(folder)];
  const { id: run, headSeq } = await app.start(await app.read("ask"), { inputs: {}, by: app.actor() });
  const heard: number[] = [];
  const follow = (after: number) =>
    app.drive(run, { patience: 0, after, listener: (_, recorded) => heard.push(...recorded.map(({ seq }) => seq)) });
  await other.drive(run, { patience: 0 });
  const { headSeq: asked } = await follow(headSeq);
  await app.send(run, { type: "cancel", by: "ann" });
  expect((await other.drive(run, { patience: 0 })).status).toBe("cancelled");
  await follow(asked);
  const all = (await (await app.store()).readEvents(run)).map(({ seq }) => seq);
  expect(heard).toEqual(all.slice(headSeq));
});
