import { join } from "node:path";
import { expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import { begin, journalOf, Stage, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";
import { folder, storeAt } from "./files.js";

const ROUNDS = 50;
const RUNS = 20;

it("two engines on one file resume a thousand runs at the same moment, and each run has one driver", {
  timeout: 240_000,
}, async () => {
  const file = join(await folder(), "runs.sqlite");
  const work = new Stage();
  const engines: Engine[] = [];
  const stores: Store[] = [];
  for (const name of ["one", "two"]) {
    const store = storeAt(file);
    await store.open();
    stores.push(store);
    engines.push(new Engine(testHost([work.type], { store, owner: { name, isDead: () => false } })));
  }
  const [first] = engines;
  const [store] = stores;
  if (first === undefined || store === undefined) throw new Error("no engine");
  for (let round = 0; round < ROUNDS; round++) {
    work.attempts.length = 0;
    const runs = await Promise.all(Array.from({ length: RUNS }, () => begin(first, plan("a -> b"))));
    const ends = await Promise.all(
      runs.map((run) => Promise.all(engines.map((engine) => engine.drive(run, { patience: 1_000_000 })))),
    );
    // One that comes when the other has let go finds the run over.
    for (const pair of ends)
      expect([
        ["busy", "ended"],
        ["ended", "ended"],
      ]).toContainEqual([...pair].sort());
    const done = work.attempts.map(({ context, stage }) => `${context.run.id} ${stage}`);
    expect(done).toHaveLength(2 * RUNS);
    expect(new Set(done).size).toBe(2 * RUNS);
    for (const run of runs) expect(await journalOf(store, run)).toEqual({ a: "succeeded", b: "succeeded" });
  }
});
