// DBOS on PostgreSQL, a step a stage, level by level in an order that a recovery repeats: node dbos.mjs postgres WORKLOAD FOLDER.
import { DBOS } from "@dbos-inc/dbos-sdk";
import pLimit from "p-limit";
import { freshDatabase } from "../children/database.mjs";
import { AT_ONCE } from "../workloads.mjs";
import { levelsOf, measured } from "./measured.mjs";

const [, name] = process.argv.slice(2);
const { url } = await freshDatabase();
let work;
const flow = DBOS.registerWorkflow(
  async (run) => {
    for (const level of work.levels) {
      const limit = pLimit(AT_ONCE);
      await Promise.all(level.map((id) => limit(() => DBOS.runStep(async () => work.stage(run, id), { name: id }))));
    }
  },
  { name: "flow" },
);
DBOS.setConfig({
  ...{ name: "bench", systemDatabaseUrl: url, systemDatabasePoolSize: 20 },
  ...{ runAdminServer: false, logLevel: "error", executorID: "bench", applicationVersion: "1" },
});
await DBOS.launch();

await measured(name, ({ tasks }, stage, runs) => {
  const levels = levelsOf(tasks);
  return async () => {
    work = { levels, stage };
    const handles = await Promise.all(runs.map((run) => DBOS.startWorkflow(flow)(run)));
    await Promise.all(handles.map((handle) => handle.getResult()));
  };
});
