import type { Recorded } from "../core/event.js";
import type { TestCase } from "../definition/index.js";
import type { Store } from "../engine/ports.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import { type Action, type People, scriptedDecisions } from "./decisions.js";
import { scriptedEvents } from "./events.js";
import type { Problem } from "./problem.js";

/** What people and other systems do in a case. */
export interface Script {
  /** Keeps track of who waits for which event. */
  hear(events: readonly Recorded[]): void;
  /** The next thing to come, as far as is known by now. To a run that is over no event is sent. */
  next(isOver?: boolean): Promise<Action | undefined>;
  /** What never came to pass, and decisions that went otherwise than expected. */
  problems(): readonly Problem[];
}

export function createScript(test: TestCase, run: string, store: Store, clock: VirtualClock, people: People): Script {
  const decisions = scriptedDecisions(test, run, store, clock, people);
  const events = scriptedEvents(test, run, store, clock);
  return {
    hear: events.hear,
    async next(isOver = false) {
      const actions = await decisions.actions();
      const event = isOver ? undefined : events.next();
      if (event !== undefined) actions.push(event);
      return actions.sort((a, b) => a.at - b.at)[0];
    },
    problems: () => [...decisions.problems(), ...events.problems()],
  };
}
