// Mastra with LibSQL at its defaults, which do not sync each commit: node mastra.mjs memory|sqlite WORKLOAD FOLDER. A level
// of a graph is a `parallel`, a fan a `foreach`: a stage waits for all of the level before, not only for what it needs.
import path from "node:path";
import { Mastra } from "@mastra/core";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { LibSQLStore } from "@mastra/libsql";
import { z } from "zod";
import { AT_ONCE } from "../workloads.mjs";
import { levelsOf, measured } from "./measured.mjs";

const [how, name, folder] = process.argv.slice(2);
const schema = z.any();
const made = { inputSchema: schema, outputSchema: schema };
let flows = 0;

await measured(name, ({ tasks }, stage, runs) => {
  const step = (id, execute) => createStep({ ...made, id, execute });
  const one = (id) => step(id, async ({ getInitData }) => stage(getInitData().run, id));
  flows += 1;
  let flow = createWorkflow({ ...made, id: `flow${flows}` });
  for (const level of levelsOf(tasks)) {
    if (level.length === 1) flow = flow.then(one(level[0]));
    else if (!name.startsWith("fan")) flow = flow.parallel(level.map(one));
    else {
      flow = flow.then(step("list", async () => level)).foreach(
        step("each", async ({ inputData, getInitData }) => stage(getInitData().run, inputData)),
        { concurrency: AT_ONCE },
      );
    }
  }
  flow.commit();
  const url = `file:${path.join(folder, `mastra${process.pid}-${flows}.db`)}`;
  const storage = how === "memory" ? undefined : new LibSQLStore({ id: "bench", url });
  const mastra = new Mastra({ workflows: { flow }, ...(storage && { storage }), logger: false });
  return () =>
    Promise.all(
      runs.map(async (run) => {
        const created = await mastra.getWorkflow("flow").createRun();
        const { status } = await created.start({ inputData: { run } });
        if (status !== "success") throw new Error(`ended ${status}`);
      }),
    );
});
