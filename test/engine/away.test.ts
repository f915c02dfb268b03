import { describe, expect, it } from "vitest";
import { Decider } from "../../src/engine/away/decider.js";
import { Engine } from "../../src/engine/engine.js";
import type { Owner } from "../../src/engine/ports.js";
import { begin, Stage, settle, type TestHost, testHost } from "../support/host.js";
import { plan, type StageSpec } from "../support/plan.js";

const AWAY = "away/";
const owner: Owner = { name: `${AWAY}1`, isDead: () => true };
const decider = (host: TestHost) => new Decider({ ...host, owner }, (name) => name.startsWith(AWAY));

/** A run whose first effect was under way when the process that drove it died. */
async function leftBehind(spec: StageSpec = {}): Promise<{ host: TestHost; run: string }> {
  const work = new Stage().hold();
  const host = testHost([work.type]);
  const engine = new Engine(host);
  const run = await begin(engine, plan("a -> b", { a: spec }));
  void engine.drive(run, { patience: 0 });
  await work.next();
  await settle();
  return { host, run };
}

const typesOf = async ({ store }: TestHost, run: string) =>
  (await store.readEvents(run)).map(({ event }) => event.type);

describe("a run whose effects are performed elsewhere from now on", () => {
  it("records what was under way in the process before as lost, and orders it as another attempt", async () => {
    const { host, run } = await leftBehind();
    const { orders } = await decider(host).turn(run, 0);
    expect(orders).toEqual([{ run, stage: "a", attempt: 2, isUndo: false }]);
    expect(await typesOf(host, run)).toEqual(["runStarted", "stageStarted", "attemptLost", "stageStarted"]);
  });

  it("waits for a person where an effect must not be repeated", async () => {
    const { host, run } = await leftBehind({ delivery: "atMostOnce" });
    expect(await decider(host).turn(run, 0)).toMatchObject({ end: "paused", orders: [] });
    expect(await typesOf(host, run)).toEqual(["runStarted", "stageStarted", "attemptFailed", "runPaused"]);
  });

  it("orders again what a turn that was broken off had ordered, as the same attempt", async () => {
    const host = testHost([new Stage().type]);
    const run = await begin(new Engine(host), plan("a -> b", { a: { delivery: "atMostOnce" } }));
    const order = { run, stage: "a", attempt: 1, isUndo: false };
    expect((await decider(host).turn(run, 0)).orders).toEqual([order]);
    expect((await decider(host).turn(run, 0)).orders).toEqual([order]);
    expect(await typesOf(host, run)).toEqual(["runStarted", "stageStarted"]);
  });
});
