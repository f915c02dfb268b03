// Mastra with LibSQL at its defaults, which do not sync each commit: node mastra.mjs memory|sqlite WORKLOAD FOLDER. It
// knows no graphs, so this takes chains only, and fans as a `foreach`.
import path from "node:path";
import { Mastra } from "@mastra/core";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { LibSQLStore } from "@mastra/libsql";
import { z } from "zod";
import { AT_ONCE } from "../workloads.mjs";
import { measured } from "./measured.mjs";

const [how, name, folder] = process.argv.slice(2);
const schema = z.any();
const made = { inputSchema: schema, outputSchema: schema };

await measured(name, async (load, stage, prefix) => {
  const isFan = name.startsWith("fan");
  const step = (id) =>
    createStep({
      ...made,
      id,
      execute: async ({ inputData }) => stage(inputData.run, inputData.id ?? id) && inputData,
    });
  let flow = createWorkflow({ ...made, id: prefix });
  if (isFan) {
    const inner = load.tasks.slice(1, -1).map(({ id }) => id);
    const each = createStep({ ...made, id: "each", execute: async ({ inputData: { run, id } }) => stage(run, id) });
    const split = createStep({
      ...made,
      id: "first",
      execute: async ({ inputData: { run } }) => stage(run, "first") && inner.map((id) => ({ run, id })),
    });
    const last = createStep({ ...made, id: "last", execute: async () => stage(`${prefix}0`, "last") });
    flow = flow.then(split).foreach(each, { concurrency: AT_ONCE }).then(last);
  } else for (const { id } of load.tasks) flow = flow.then(step(id));
  flow.commit();
  const url = `file:${path.join(folder, `mastra${process.pid}-${prefix}.db`)}`;
  const storage = how === "memory" ? undefined : new LibSQLStore({ id: "bench", url });
  const mastra = new Mastra({ workflows: { flow }, ...(storage && { storage }), logger: false });
  await Promise.all(
    Array.from({ length: load.runs ?? 1 }, async (_, at) => {
      const run = await mastra.getWorkflow("flow").createRun();
      const { status } = await run.start({ inputData: { run: `${prefix}${at}` } });
      if (status !== "success") throw new Error(`ended ${status}`);
    }),
  );
});
