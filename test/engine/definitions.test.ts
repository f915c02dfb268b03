import { expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, Stage, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

it("is read once for runs that begin together, and not at all where they were started", async () => {
  const store = memoryStore();
  let reads = 0;
  const counted = {
    ...store,
    getDefinition: (hash: string) => {
      reads += 1;
      return store.getDefinition(hash);
    },
  };
  const starter = new Engine(testHost([new Stage().type], { store: counted }));
  const runs = await Promise.all([1, 2, 3, 4, 5].map(() => begin(starter, plan("a -> b"))));
  expect(await starter.drive(runs[0] as string, { patience: 0 })).toBe("ended");
  expect(reads).toBe(0);
  const driver = new Engine(testHost([new Stage().type], { store: counted }));
  const ends = await Promise.all(runs.slice(1).map((run) => driver.drive(run, { patience: 0 })));
  expect(ends).toEqual(["ended", "ended", "ended", "ended"]);
  expect(reads).toBe(1);
});
