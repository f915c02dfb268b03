import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type App, openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import { definePlugin } from "../../src/plugin/api.js";
import { projectOf } from "../support/project.js";

const HEAD = 'apiVersion: stagecraft/v1\nversion: "1.0.0"\n';
const PROJECT = {
  "definitions/hold.workflow.yaml": `${HEAD}id: hold\nstages:\n  hold: { uses: test/hold, with: {} }\n`,
  "definitions/think.workflow.yaml": `${HEAD}id: think\nstages:\n  think: { uses: transform, with: { values: { a: 1 } } }\n`,
};

/** A worker with one place for effects, which are held until the test is over; and the runs it is performing. */
async function worker(folder: string): Promise<{ app: App; holds: readonly string[] }> {
  const holds: string[] = [];
  const over = new AbortController();
  const plugin = definePlugin({
    ...{ name: "test/hold", version: "1.0.0", apiVersion: 1 },
    stages: [
      {
        ...{ kind: "effect", name: "test/hold", title: "Hold", description: "Holds.", examples: [] },
        input: { type: "object" },
        output: { type: "object" },
        async run(_: object, { run }: { readonly run: { readonly id: string } }) {
          holds.push(run.id);
          await new Promise((done) => over.signal.addEventListener("abort", done));
          return { outputs: {} };
        },
      },
    ],
  });
  const config = await loadConfig({ cwd: folder, db: path.join(folder, "runs.sqlite") });
  const app = openApp({ config: { ...config, concurrency: 1 }, plugins: [plugin] });
  const { done } = await app.work({ runs: 10, signal: over.signal });
  onTestFinished(async () => {
    over.abort();
    await done;
    await app.close();
  });
  return { app, holds };
}

it("a worker whose places are taken leaves new runs to one that has some, and takes them when nobody has", async () => {
  const folder = projectOf(PROJECT);
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const first = await worker(folder);
  const start = async (id: string) =>
    (await first.app.start(await first.app.read(id), { inputs: {}, by: first.app.actor() })).id;
  const one = await start("hold");
  await expect.poll(() => first.holds, { timeout: 10_000 }).toEqual([one]);
  const second = await worker(folder);
  const two = await start("hold");
  await expect.poll(() => second.holds, { timeout: 10_000 }).toEqual([two]);
  const thought = await start("think");
  const statusOf = async (run: string) => (await first.app.findRun(run)).status;
  await expect.poll(() => statusOf(thought), { timeout: 10_000 }).toBe("succeeded");
});
