// OpenWorkflow, a step a stage, level by level: node openworkflow.mjs sqlite|postgres WORKLOAD FOLDER. Its SQLite is Node's
// own, of Node 22. It asks once a second whether a run has ended, so the clock stops where its code comes to the end.
import path from "node:path";
import { OpenWorkflow } from "openworkflow";
import pLimit from "p-limit";
import { freshDatabase } from "../children/database.mjs";
import { AT_ONCE } from "../workloads.mjs";
import { levelsOf, measured } from "./measured.mjs";

const [how, name, folder] = process.argv.slice(2);
const ow = new OpenWorkflow({ backend: await backend() });
let work;
const flow = ow.defineWorkflow({ name: "flow" }, async ({ input: { run }, step }) => {
  for (const level of work.levels) {
    const limit = pLimit(AT_ONCE);
    await Promise.all(level.map((name) => limit(() => step.run({ name }, () => work.stage(run, name)))));
  }
  work.ended();
});
await ow.newWorker({ concurrency: 100 }).start();

await measured(name, ({ tasks }, stage, runs) => {
  const levels = levelsOf(tasks);
  return () =>
    new Promise((resolve, reject) => {
      let open = runs.length;
      const ended = () => {
        open -= 1;
        if (open === 0) resolve();
      };
      work = { levels, stage, ended };
      for (const run of runs) flow.run({ run }).catch(reject);
    });
});

async function backend() {
  if (how === "sqlite") {
    const { BackendSqlite } = await import("openworkflow/sqlite");
    return BackendSqlite.connect(path.join(folder, `openworkflow${process.pid}.db`));
  }
  const { BackendPostgres } = await import("openworkflow/postgres");
  return BackendPostgres.connect((await freshDatabase()).url);
}
