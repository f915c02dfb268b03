// Effect's workflows, an activity a stage, level by level: node effect.mjs memory|sqlite WORKLOAD FOLDER. On SQLite by its
// cluster of one process, at its defaults, which do not sync each commit.
import path from "node:path";
import { ClusterWorkflowEngine, SingleRunner } from "@effect/cluster";
import { SqliteClient } from "@effect/sql-sqlite-node";
import { Activity, Workflow, WorkflowEngine } from "@effect/workflow";
import { Effect, Layer, Logger, LogLevel, ManagedRuntime, Schema } from "effect";
import { AT_ONCE } from "../workloads.mjs";
import { levelsOf, measured } from "./measured.mjs";

const [how, name, folder] = process.argv.slice(2);
const Flow = Workflow.make({
  name: "flow",
  success: Schema.Void,
  payload: { run: Schema.String },
  idempotencyKey: ({ run }) => run,
});
const success = Schema.Struct({ id: Schema.String, value: Schema.String });
let work;
const flow = Flow.toLayer(
  Effect.fn(function* ({ run }) {
    const activity = (id) => Activity.make({ name: id, success, execute: Effect.sync(() => work.stage(run, id)) });
    for (const level of work.levels) yield* Effect.forEach(level, activity, { concurrency: AT_ONCE, discard: true });
  }),
);
const file = path.join(folder, `effect${process.pid}.db`);
const onFile = () =>
  ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(SingleRunner.layer({ runnerStorage: "memory" })),
    Layer.provideMerge(SqliteClient.layer({ filename: file })),
  );
const engine = how === "memory" ? WorkflowEngine.layerMemory : onFile();
const quiet = Logger.minimumLogLevel(LogLevel.Error);
const runtime = ManagedRuntime.make(flow.pipe(Layer.provideMerge(engine), Layer.provideMerge(quiet)));

await measured(name, ({ tasks }, stage, runs) => {
  const levels = levelsOf(tasks);
  return async () => {
    work = { levels, stage };
    await Promise.all(runs.map((run) => runtime.runPromise(Flow.execute({ run }))));
  };
});
