// BullMQ on Redis, whose log is synced before it answers: node bullmq.mjs redis WORKLOAD FOLDER. Its flows are trees, so
// chains are deep ones, a fan is a job that adds the tree of the rest, and graphs cannot be said.
import { FlowProducer, Worker } from "bullmq";
import { AT_ONCE } from "../workloads.mjs";
import { measured } from "./measured.mjs";

const [, name] = process.argv.slice(2);
const connection = { host: "127.0.0.1", port: Number(process.env["BENCH_REDIS"]), maxRetriesPerRequest: null };
const queueName = `bench${process.pid}`;
const producer = new FlowProducer({ connection });
let work;
const worker = new Worker(
  queueName,
  async ({ name: id, data: { run } }) => {
    const value = work.stage(run, id);
    if (id === "first") await producer.add(work.rest(run));
    return value;
  },
  { connection, concurrency: AT_ONCE },
);
worker.on("completed", ({ name: id }) => id === work.last && work.ended());
worker.on("error", (error) => console.error(error));
await worker.waitUntilReady();

await measured(name, ({ tasks }, stage, runs) => {
  const job = (run, id, children) => ({ name: id, queueName, data: { run }, ...(children && { children }) });
  const chain = (run) => tasks.reduce((below, { id }) => job(run, id, below && [below]), undefined);
  const rest = (run) =>
    job(
      run,
      "last",
      tasks.slice(1, -1).map(({ id }) => job(run, id)),
    );
  const flows = runs.map((run) => (name.startsWith("fan") ? job(run, "first") : chain(run)));
  return () =>
    new Promise((resolve, reject) => {
      let open = runs.length;
      const ended = () => {
        open -= 1;
        if (open === 0) resolve();
      };
      work = { stage, rest, ended, last: tasks.at(-1).id };
      producer.addBulk(flows).catch(reject);
    });
});
