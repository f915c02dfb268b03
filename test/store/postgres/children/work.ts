/**
 * Drives what there is to do in the database at a URL, until it is killed: three runs at a time, so that two share six.
 * Its stages take some milliseconds; each that is under way is a row of the table `flying`, so that what all processes do
 * at once is seen.
 */
import pg from "pg";
import { wallClock } from "../../../../src/app/host.js";
import { Engine } from "../../../../src/engine/engine.js";
import { startWorker } from "../../../../src/engine/worker.js";
import type { StageContext, StageType } from "../../../../src/plugin/api.js";
import { postgresStore } from "../../../../src/store/knex/postgres/store.js";
import { processOwner } from "../../../../src/store/owner.js";
import { testHost } from "../../../support/host.js";

const [, , url = "", pause = "20"] = process.argv;
const store = postgresStore({ url });
await store.open();
const flying = new pg.Pool({ connectionString: url, max: 4 });
const work: StageType = {
  ...{ name: "work", kind: "effect", title: "Work", description: "Next to nothing." },
  ...{ input: { type: "object" }, output: { type: "object" } },
  async run(_input: object, { run: { stage, id } }: StageContext) {
    const name = `${id}/${stage}/${process.pid}`;
    await flying.query("INSERT INTO test.flying (name) VALUES ($1)", [name]);
    await new Promise((resolve) => setTimeout(resolve, Number(pause)));
    await flying.query("UPDATE test.flying SET over = clock_timestamp() WHERE name = $1", [name]);
    return { outputs: {} };
  },
};
const host = testHost([work], { store, clock: wallClock as never, owner: processOwner(), concurrency: 20 });
startWorker(new Engine(host), host, { signal: new AbortController().signal, runs: 3 });
console.log("ready");
