import type { Recorded } from "../core/event.js";
import type { TestCase } from "../definition/index.js";
import type { Store } from "../engine/ports.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import type { Action } from "./decisions.js";
import type { Problem } from "./problem.js";

/** The events of a case, one after the other. */
export function scriptedEvents({ events, path }: TestCase, run: string, store: Store, clock: VirtualClock) {
  const start = clock.now();
  /** Stage to the name it waits for. */
  const waits = new Map<string, string>();
  let sent = 0;
  return {
    hear(heard: readonly Recorded[]): void {
      for (const { event } of heard) {
        if (event.type === "stageWaiting" && event.waiting.event) waits.set(event.stage, event.waiting.event.name);
        if (event.type === "stageEnded" || event.type === "attemptFailed") waits.delete(event.stage);
      }
    },
    next(): Action | undefined {
      const event = events[sent];
      if (event === undefined) return undefined;
      const { name, data, after } = event;
      if (after === undefined && ![...waits.values()].includes(name)) return undefined;
      return {
        at: Math.max(clock.now(), after === undefined ? 0 : start + after),
        async perform() {
          sent += 1;
          await store.post(run, { type: "event", name, data, by: "test" }, clock.now());
        },
      };
    },
    problems(): readonly Problem[] {
      return events.slice(sent).map(({ name, after }, index) => {
        const message =
          after === undefined
            ? `no stage ever waited for the event ${name}`
            : `the run was over before the event ${name} came`;
        return { code: "event-not-sent", path: [...path, "events", sent + index], message };
      });
    },
  };
}
