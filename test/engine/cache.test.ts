import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.js";
import { Engine } from "../../src/engine/engine.js";
import { begin, journalOf, Stage, type TestHost, testHost } from "../support/host.js";
import { plan, type StageSpec } from "../support/plan.js";

const HOUR = 3_600_000;
const cached = (over: StageSpec = {}) => ({
  lookup: { cache: { key: "${{ inputs.vendor }}", ttl: HOUR }, ...over },
});

async function runOnce(host: TestHost, inputs: JsonObject, over: StageSpec = {}) {
  const engine = new Engine(host);
  const run = await begin(engine, plan("lookup -> use", cached(over)), inputs);
  await engine.drive(run, { patience: HOUR });
  const ends = (await host.store.readEvents(run)).map(({ event }) => event);
  const end = ends.find((event) => event.type === "stageEnded" && event.stage === "lookup");
  return { run, end, outcomes: await journalOf(host.store, run) };
}

const lookups = (work: Stage) => work.attempts.filter(({ stage }) => stage.startsWith("lookup")).length;

describe("a stage with a cache", () => {
  it("takes what an earlier run came to under the same key, and says which run", async () => {
    const work = new Stage();
    work.answer = () => ({ rating: work.attempts.length });
    const host = testHost([work.type]);
    const first = await runOnce(host, { vendor: "ACME" });
    const second = await runOnce(host, { vendor: "ACME" });
    const other = await runOnce(host, { vendor: "Globex" });
    expect(second.outcomes).toEqual({ lookup: "succeeded", use: "succeeded" });
    expect(second.end).toMatchObject({ outputs: { rating: 1 }, explain: { cachedFrom: first.run } });
    expect(other.end).toMatchObject({ outputs: { rating: 4 } });
    expect(lookups(work)).toBe(2);
  });

  it("works again when the time of the result is over", async () => {
    const work = new Stage();
    const host = testHost([work.type]);
    await runOnce(host, { vendor: "ACME" });
    host.clock.set(host.clock.now() + HOUR);
    await runOnce(host, { vendor: "ACME" });
    expect(lookups(work)).toBe(2);
  });

  it("keeps no failure", async () => {
    const work = new Stage();
    work.answer = ({ stage }) => {
      if (stage === "lookup" && work.attempts.length === 1) throw new Error("down");
      return {};
    };
    const host = testHost([work.type]);
    expect((await runOnce(host, { vendor: "ACME" })).outcomes).toMatchObject({ lookup: "failed" });
    expect((await runOnce(host, { vendor: "ACME" })).outcomes).toMatchObject({ lookup: "succeeded" });
  });

  it("shares a result among items with one key, and not with another type of stage", async () => {
    const work = new Stage();
    const host = testHost([work.type, { ...work.type, name: "other" }]);
    const forEach = { items: ["ACME", "ACME"], as: "vendor", concurrency: 1, tolerate: {} };
    const cache = { key: "${{ vendor }}", ttl: HOUR };
    await runOnce(host, {}, { forEach, cache });
    expect(lookups(work)).toBe(1);
    await runOnce(host, { vendor: "ACME" }, { uses: "other" });
    expect(lookups(work)).toBe(2);
  });

  it("works when the cache does not", async () => {
    const work = new Stage();
    const host = testHost([work.type]);
    const down = async () => Promise.reject(new Error("disk"));
    Object.assign(host.store, { cached: down, putCached: down });
    expect((await runOnce(host, { vendor: "ACME" })).outcomes).toEqual({ lookup: "succeeded", use: "succeeded" });
  });
});
