import { expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { changed, type StageContext } from "../../src/plugin/api.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

it("can be taken apart by an effect, and handed on with something changed", async () => {
  const store = memoryStore();
  const stage = new Stage();
  const other = new AbortController().signal;
  const seen: Partial<StageContext>[] = [];
  stage.answer = async ({ context }) => {
    const { record, signal, ...facts } = context;
    const inner = changed(context, { signal: other, idempotencyKey: "part" });
    const { signal: narrowed, idempotencyKey, env } = inner;
    seen.push({ signal: narrowed, idempotencyKey, attempt: inner.attempt, run: facts.run });
    expect(signal.aborted).toBe(false);
    expect(env("NOT_SET")).toBeUndefined();
    // Of the changed one too: what it does not change is the stage's own.
    await inner.record("second", async () => ({ value: 2 }));
    return { first: await record("first", async () => ({ value: 1 })) };
  };
  const engine = new Engine(testHost([stage.type], { store }));
  const run = await begin(engine, plan("a"));
  expect(await engine.drive(run, { patience: 0 })).toBe("ended");
  expect((await journalOf(store, run))["a"]).toBeDefined();
  const steps = (await store.readEvents(run)).flatMap(({ event }) =>
    event.type === "stepRecorded" ? [event.key] : [],
  );
  expect(steps).toEqual(["second", "first"]);
  expect(seen).toEqual([
    { signal: other, idempotencyKey: "part", attempt: 1, run: expect.objectContaining({ id: run, stage: "a" }) },
  ]);
});
