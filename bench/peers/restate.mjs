// A Restate server with a worker of its SDK, a `ctx.run` a stage, level by level, fifty at a time as one promise: node
// restate.mjs restate WORKLOAD FOLDER. Its SDK needs Node 22.
import * as restate from "@restatedev/restate-sdk";
import { AT_ONCE } from "../workloads.mjs";
import { levelsOf, measured } from "./measured.mjs";

const [, name] = process.argv.slice(2);
const host = process.env["BENCH_RESTATE"];
const service = `flow${process.pid}`;
let work;
const flow = restate.workflow({
  name: service,
  handlers: {
    async run(context) {
      for (const ids of work.parts)
        await restate.RestatePromise.all(ids.map((id) => context.run(id, () => work.stage(context.key, id))));
    },
  },
});
const port = await restate.serve({ services: [flow], port: 0 });
await posted(`http://${host}:9070/deployments`, { uri: `http://127.0.0.1:${port}`, force: true });

await measured(name, ({ tasks }, stage, runs) => {
  const parts = levelsOf(tasks).flatMap((level) =>
    Array.from({ length: Math.ceil(level.length / AT_ONCE) }, (_, at) => level.slice(at * AT_ONCE, (at + 1) * AT_ONCE)),
  );
  return async () => {
    work = { parts, stage };
    await Promise.all(runs.map((run) => posted(`http://${host}:8080/${service}/${run}/run`)));
  };
});

async function posted(url, body) {
  const sent = body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, { method: "POST", ...sent });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
