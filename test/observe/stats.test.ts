import { expect, it, onTestFinished } from "vitest";
import type { App } from "../../src/app.js";
import { appOf, projectOf } from "../support/project.js";

const FLAKY = `apiVersion: stagecraft/v1
id: flaky
version: "1.0.0"
inputs: { ok: { type: boolean } }
stages:
  call:
    uses: http
    with: { url: "http://127.0.0.1:9/" }
    retry: { maxAttempts: 2, delay: 1ms }
    if: "\${{ !inputs.ok }}"
  fine: { uses: transform, with: { values: { a: 1 } } }
`;

async function projectApp(): Promise<App> {
  const app = await appOf(projectOf({ "definitions/flaky.workflow.yaml": FLAKY }));
  onTestFinished(() => app.close());
  return app;
}

async function runOne(app: App, ok: boolean): Promise<string> {
  const { id } = await app.start(await app.read("flaky"), { inputs: { ok }, by: app.actor() });
  await app.drive(id, { patience: 10_000 });
  return id;
}

it("counts ends, tries and stage types of runs, folding each journal once", async () => {
  const app = await projectApp();
  await runOne(app, true);
  const failed = await runOne(app, false);
  const report = await app.stats.report({});
  expect(report.total).toMatchObject({ runs: 2, succeeded: 1, failed: 1, open: 0, successRate: 0.5, retries: 1 });
  expect(report.stageTypes).toContainEqual(
    expect.objectContaining({ uses: "http", stages: 1, failed: 1, attempts: 2, retries: 1 }),
  );
  const store = await app.store();
  const kept = await store.summaries({});
  expect(kept.map(({ run }) => run)).toContain(failed);
  // What is kept is what is read: were the journal folded again, these would be the numbers of before.
  await store.keepSummaries(kept.map((one) => ({ ...one, body: '{"stages":[],"models":[],"approvalWaits":[]}' })));
  expect((await app.stats.report({})).total).toMatchObject({ runs: 2, attempts: 0 });
  expect(await app.stats.rebuild()).toBe(2);
  expect(await app.stats.report({})).toEqual(report);
});

it("makes anew what other code made, and what a run has outgrown", async () => {
  const app = await projectApp();
  await runOne(app, false);
  const store = await app.store();
  const report = await app.stats.report({ workflow: "flaky" });
  const kept = await store.summaries({});
  const body = '{"stages":[],"models":[],"approvalWaits":[]}';
  for (const change of [{ maker: "other" }, { seq: 1 }]) {
    await store.keepSummaries(kept.map((one) => ({ ...one, ...change, body })));
    expect(await app.stats.report({ workflow: "flaky" })).toEqual(report);
  }
});
