import { describe, expect, it } from "vitest";
import { fold } from "../../src/core/apply.js";
import type { Usage } from "../../src/core/event.js";
import type { BudgetPlan, RunBudgetPlan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { StageContext } from "../../src/plugin/api.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan, type StageSpec } from "../support/plan.js";

const CENT: Usage = { provider: "p", model: "m", inputTokens: 10, outputTokens: 10, estimated: false, usd: 0.01 };

/** A stage type whose effects each make one call that costs a cent, over a store of its own. */
function paying(estimate: Usage = CENT) {
  const stage = new Stage();
  let calls = 0;
  const pay = async (context: StageContext) => {
    calls += 1;
    await Promise.resolve();
    return { value: context.run.stage, usage: CENT };
  };
  stage.answer = async ({ context }) => ({ said: await context.record("turn-1", () => pay(context), estimate) });
  const host = testHost([stage.type]);
  const engine = new Engine(host);
  const drive = async (run: string) => {
    const end = engine.drive(run, { patience: 0 });
    await settle();
    return end;
  };
  return { host, engine, drive, stage, calls: () => calls };
}

const budgeted = (budget: RunBudgetPlan, text = "a, b, c", specs: Record<string, StageSpec> = {}) => {
  const made = plan(text, specs);
  return { ...made, workflow: { ...made.workflow, budget } };
};
const pause = (more: Omit<RunBudgetPlan, "onExceed">): RunBudgetPlan => ({ ...more, onExceed: "pause" });
const fail = (more: Omit<BudgetPlan, "onExceed">): BudgetPlan => ({ ...more, onExceed: "fail" });

describe("a budget", () => {
  it("of the run lets no more calls be made than it has room for, however many want to at once", async () => {
    const { engine, drive, calls, host } = paying();
    const items = Array.from({ length: 100 }, (_, index) => index);
    const forEach = { items, as: "item", concurrency: 100, tolerate: {} };
    const run = await begin(engine, budgeted(pause({ usd: 0.1 }), "each", { each: { forEach } }));
    expect(await drive(run)).toBe("paused");
    expect(calls()).toBe(10);
    expect(Object.values(await journalOf(host.store, run))).toEqual(Array(10).fill("succeeded"));
  });

  it("that is used up pauses the run; more money takes it further, and what was spent stays spent", async () => {
    const { engine, drive, calls, host } = paying();
    const run = await begin(engine, budgeted(pause({ usd: 0.01 }), "a -> b -> c"));
    expect(await drive(run)).toBe("paused");
    await host.store.post(run, { type: "resume", by: "ann" }, 1);
    expect(await drive(run)).toBe("paused");
    expect(calls()).toBe(1);
    await host.store.post(run, { type: "raise", by: "ann", usd: 0.01 }, 2);
    await host.store.post(run, { type: "resume", by: "ann" }, 3);
    expect(await drive(run)).toBe("paused");
    expect(calls()).toBe(2);
    await host.store.post(run, { type: "raise", by: "ann", usd: 5 }, 4);
    await host.store.post(run, { type: "resume", by: "ann" }, 5);
    expect(await drive(run)).toBe("ended");
    expect(await journalOf(host.store, run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
    expect(await host.store.spending({ run })).toMatchObject([{ usd: 0.01 }, { usd: 0.01 }, { usd: 0.01 }]);
  });

  it("with onExceed: fail fails the stage, which others may follow", async () => {
    const { engine, drive, host } = paying();
    const specs = { a: { budget: fail({ tokens: 19 }) } };
    const run = await begin(engine, plan("a.failed -> b", specs));
    expect(await drive(run)).toBe("ended");
    expect(await journalOf(host.store, run)).toEqual({ a: "failed", b: "succeeded" });
    const events = await host.store.readEvents(run);
    const error = events.map(({ event }) => (event.type === "stageEnded" ? event.error : undefined)).find(Boolean);
    expect(error).toMatchObject({ code: "budget-exceeded", details: { scope: "stage", stage: "a", tokens: 0 } });
  });

  it("of a group counts all that is below it", async () => {
    const { engine, drive, calls } = paying();
    const specs = { both: { stages: "x -> y -> z", budget: fail({ usd: 0.02 }) } };
    await drive(await begin(engine, plan("both", specs)));
    expect(calls()).toBe(2);
  });

  it("of the day and of the workflow counts the runs before", async () => {
    const { engine, drive, calls, host } = paying();
    const made = budgeted({ onExceed: "fail", day: { usd: 0.02 }, workflow: { usd: 0.03 } }, "a");
    for (let run = 0; run < 3; run++) await drive(await begin(engine, made));
    expect(calls()).toBe(2);
    host.clock.set(host.clock.now() + 24 * 60 * 60 * 1000);
    for (let run = 0; run < 3; run++) await drive(await begin(engine, made));
    expect(calls()).toBe(3);
  });

  it("in dollars fails closed where nobody knows the price", async () => {
    const { engine, drive, calls, host } = paying({ ...CENT, usd: null });
    const run = await begin(engine, budgeted(pause({ usd: 100 }), "a"));
    expect(await drive(run)).toBe("ended");
    expect(calls()).toBe(0);
    const row = await host.store.getRun(run);
    expect(row).toMatchObject({ status: "failed", error: { code: "budget-price-unknown" } });
  });
});

describe("usage", () => {
  it("of a stage is the sum of its recorded steps, lost and failed attempts included", async () => {
    const { engine, drive, stage, host } = paying();
    const retry = { maxAttempts: 2, delay: 0, backoff: "fixed", factor: 1, maxDelay: 0, jitter: "none" } as const;
    stage.answer = async ({ context }) => {
      await context.record(`turn-${context.attempt}`, async () => ({ value: 1, usage: CENT }), CENT);
      if (context.attempt === 1) throw new Error("again");
      return {};
    };
    const made = plan("a", { a: { retry } });
    const run = await begin(engine, made);
    await drive(run);
    const events = (await host.store.readEvents(run)).map(({ event }) => event);
    expect(fold(made, events).stages.get("a")?.usage).toMatchObject({ inputTokens: 20, usd: 0.02 });
  });
});
