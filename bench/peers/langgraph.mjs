// LangGraph.js by its functional API, which is its faster one: node langgraph.mjs memory|sqlite WORKLOAD FOLDER. On SQLite
// its saver is set to sync each commit, as Stagecraft's default does; its own default does not.
import path from "node:path";
import { entrypoint, MemorySaver, task } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { schedule } from "../children/floors.mjs";
import { measured } from "./measured.mjs";

const [how, name, folder] = process.argv.slice(2);
const saver =
  how === "memory" ? new MemorySaver() : SqliteSaver.fromConnString(path.join(folder, `lg${process.pid}.db`));
if (how === "sqlite") {
  saver.setup();
  saver.db.pragma("synchronous = FULL");
}

await measured(name, ({ tasks }, stage, runs) => {
  const flows = runs.map((run) => {
    const work = task("stage", async (id) => stage(run, id));
    const flow = entrypoint({ name: "flow", checkpointer: saver }, async () => {
      await schedule({ tasks }, (_run, id) => work(id));
      return "done";
    });
    return () => flow.invoke({}, { recursionLimit: 1e6, configurable: { thread_id: run } });
  });
  return () => Promise.all(flows.map((invoke) => invoke()));
});
