/**
 * Drives the run named in the file named, with the engine; its stages do next to nothing. Prints the head of the
 * journal after each commit, then how the drive ended.
 */
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { wallClock } from "../../../src/app/host.js";
import { Engine } from "../../../src/engine/engine.js";
import type { Listener } from "../../../src/engine/ports.js";
import type { StageType } from "../../../src/plugin/api.js";
import { Registry } from "../../../src/plugin/registry.js";
import { sqliteStore } from "../../../src/store/knex/sqlite/store.js";
import { processOwner } from "../../../src/store/owner.js";

const [, , file = "", run = ""] = process.argv;
const store = sqliteStore({ file });
await store.open();
const work: StageType = {
  name: "work",
  kind: "effect",
  title: "Work",
  description: "Next to nothing.",
  input: { type: "object" },
  output: { type: "object" },
  run: () => new Promise((resolve) => setTimeout(() => resolve({ outputs: {} }), 1)),
};
const engine = new Engine({
  store,
  clock: wallClock,
  owner: processOwner(),
  registry: new Registry([{ name: "test", version: "1.0.0", apiVersion: 1, stages: [work] }]),
  secrets: { get: async () => undefined },
  log: console,
  concurrency: 100,
  validate: () => undefined,
  newId: () => "unused",
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  file: (path) => path,
  env: () => undefined,
});
const listener: Listener = (_, events) => writeSync(1, `${events.at(-1)?.seq}\n`);
const end = await engine.drive(run, { patience: 60_000, listener });
await store.close();
writeSync(1, `${end}\n`);
