import { describe, expect, it } from "vitest";
import { notableOf } from "../../src/core/notable.js";
import { recover } from "../../src/core/recover.js";
import { plan } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";

const nap = { kind: "wait" as const, outcomes: ["over"] };

describe("what is notable of a run", () => {
  it("is that a time came long before anybody looked, and not that it was looked at in time", () => {
    const of = plan("nap", { nap });
    const wait = (_path: string, _input: unknown, now: number) => ({ timers: [{ outcome: "over", at: now + 1_000 }] });
    const punctual = new Simulation(of, { wait }).run();
    expect(notableOf(of, punctual.events)).toEqual([]);
    const waiting = punctual.events.findIndex(({ type }) => type === "stageWaiting");
    const late = new Simulation(of, { wait }, punctual.events.slice(0, waiting + 1));
    late.now += 7_200_000;
    late.run();
    expect(notableOf(of, late.events)).toEqual([{ kind: "late", stage: "nap", by: expect.any(Number) }]);
    const [found] = notableOf(of, late.events);
    expect(found?.kind === "late" && found.by).toBeGreaterThan(7_000_000);
  });

  it("is every attempt that was lost, and every effect that could not be undone", () => {
    const of = plan("a -> b", { a: { compensate: { uses: "work" } }, b: { onError: [{ do: "rollback" }] } });
    const work = ({ path, isUndo }: Call): Answer => (path === "b" || isUndo ? { fail: "no" } : {});
    const whole = new Simulation(of, { work }).run();
    const cut = whole.events.findIndex(({ type }) => type === "stageStarted") + 1;
    const again = new Simulation(of, { work }, whole.events.slice(0, cut));
    again.record(recover(again.state, again.context));
    again.run();
    expect(notableOf(of, again.events)).toEqual([
      { kind: "lost", stage: "a", times: 1 },
      { kind: "left", stage: "a", error: expect.objectContaining({ code: "no" }) },
    ]);
  });
});
