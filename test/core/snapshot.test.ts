import { describe, expect, it } from "vitest";
import { apply, fold } from "../../src/core/apply.js";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { recover } from "../../src/core/recover.js";
import { freeze } from "../../src/core/snapshot/freeze.js";
import { thaw } from "../../src/core/snapshot/thaw.js";
import type { RunState } from "../../src/core/state.js";
import { simulate } from "../sim/simulate.js";
import { everything } from "../support/every-field.js";
import { plan } from "../support/plan.js";
import { difference, noteFields } from "../support/same-state.js";
import { Simulation } from "../support/simulate.js";

/** Through text and back. */
function again(plan: Plan, state: RunState): RunState {
  const text = JSON.stringify(freeze(state));
  return thaw(plan, JSON.parse(text));
}

/** What a journal comes to, cut into two at `at` with a snapshot between. */
function folded(plan: Plan, events: readonly Event[], at: number): RunState {
  const state = again(plan, fold(plan, events.slice(0, at)));
  for (const event of events.slice(at)) apply(state, event);
  return state;
}

describe("a snapshot", () => {
  it("and the events behind it come to the state that all events come to, wherever it is taken", {
    timeout: 240_000,
  }, async () => {
    let cuts = 0;
    for (let seed = 0; seed < 40; seed++) {
      await simulate(seed, "memory", (plan, events) => {
        const whole = fold(plan, events);
        for (let at = 1; at <= events.length; at += 5) {
          expect(difference(folded(plan, events, at), whole), `seed ${seed}, cut at ${at}`).toBeUndefined();
          cuts += 1;
        }
      });
    }
    expect(cuts).toBeGreaterThan(300);
  });

  it("forgets no field: each has held something in a state that was compared", () => {
    const notes = new Map<string, boolean>();
    for (const [of, events] of everything()) {
      const whole = fold(of, events);
      for (let at = 1; at <= events.length; at++) {
        noteFields(fold(of, events.slice(0, at)), notes);
        expect(difference(folded(of, events, at), whole), `cut at ${at}`).toBeUndefined();
        expect(difference(again(of, fold(of, events.slice(0, at))), fold(of, events.slice(0, at)))).toBeUndefined();
      }
    }
    const forgotten = [...notes].filter(([, isMet]) => !isMet).map(([name]) => name);
    // No event sets this one: it says that a timer fired here.
    expect(forgotten).toEqual(["rollback.isDue"]);
  });

  it("goes on as the state it was taken from would have", () => {
    const graph = plan("a -> b -> c", {
      b: { forEach: { items: ["x", "y", "z"], as: "item", concurrency: 1, tolerate: {} }, with: { it: "${{ item }}" } },
      c: { repeat: { maxIterations: 3, delay: 10 } },
    });
    const whole = new Simulation(graph).run();
    for (let at = 1; at < whole.events.length; at++) {
      const rest = new Simulation(graph, {}, whole.events.slice(0, at));
      Object.assign(rest, { state: again(graph, rest.state) });
      rest.record(recover(rest.state, rest.context));
      expect(rest.run().outcomes, `cut at ${at}`).toEqual(whole.outcomes);
    }
  });

  it("of another plan is not taken", () => {
    const frozen = JSON.parse(JSON.stringify(freeze(new Simulation(plan("a -> b -> c")).run().state)));
    expect(() => thaw(plan("a"), frozen)).toThrow();
  });

  it("takes few bytes a stage", () => {
    const items = Array.from({ length: 1_000 }, (_, at) => at);
    const wide = plan("each", { each: { forEach: { items, as: "item", concurrency: 50, tolerate: {} } } });
    const { state } = new Simulation(wide, { work: () => ({ outputs: { ok: true } }) }).run(2_500);
    expect(JSON.stringify(freeze(state)).length / 1_000).toBeLessThan(200);
  });
});
