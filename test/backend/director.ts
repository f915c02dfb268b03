import { setTimeout } from "node:timers/promises";
import type { App } from "../../src/app.js";
import { fold } from "../../src/core/apply.js";
import { decide } from "../../src/core/decide.js";
import { parseDuration } from "../../src/core/duration.js";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import type { RunState } from "../../src/core/state.js";
import type { Plugin } from "../../src/plugin/api.js";
import { type Case, type Outcome, outcomeOf } from "../patterns/run.js";
import { workPlugin } from "../patterns/work.js";

/** How often a run is looked at, and for how long: milliseconds. */
const LOOK_MS = 25;
const PATIENCE_MS = 90_000;

/** Work under way, of which only its run's director knows how long it takes. */
interface Held {
  readonly takes: number;
  since: number | undefined;
  release(): void;
}

interface Quiet {
  readonly events: readonly Event[];
  /** Paths of the stages that work. */
  readonly working: readonly string[];
}

export interface Played extends Outcome {
  readonly events: readonly Event[];
}

/**
 * Takes the place of time where the engine has its own: work is held until its time has come, and time moves only when
 * nothing else can happen before. So the same happens in the same order however slow the place is.
 */
export class Director {
  readonly #held = new Map<string, Held>();
  /** `uses: work`, for all who drive. */
  readonly plugin: Plugin = workPlugin(async ({ takes, end }, { run, signal }) => {
    if (takes > 0) await this.#hold(`${run.id}/${run.stage}`, takes, signal);
    return end();
  });

  #hold(name: string, takes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const release = () => {
        this.#held.delete(name);
        resolve();
      };
      this.#held.set(name, { takes, since: undefined, release });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  /** Has workers at the place of `app` do a case of a definition. */
  async play(app: App, definition: string, { inputs = {}, events: said = [] }: Case): Promise<Played> {
    const loaded = await app.read(definition);
    const [store, { plan }] = [await app.store(), loaded.reading as { plan: Plan }];
    const { id } = await app.start(loaded, { inputs, by: app.actor() });
    const driven = [app.drive(id, { patience: 0 })];
    const events: Event[] = [];
    let now = 0;
    const settle = async () => {
      const quiet = await this.#quiet(app, plan, id);
      events.push(...quiet.events.slice(events.length).map((event) => ({ ...event, at: now })));
      const works = quiet.working.map((path) => this.#held.get(`${id}/${path}`) as Held);
      for (const work of works) work.since ??= now;
      return works;
    };
    const toSay = said.map(({ at, ...event }) => ({ at: parseDuration(at) as number, event }));
    for (let works = await settle(); ; works = await settle()) {
      const dueAt = ({ since, takes }: Held) => (since as number) + takes;
      now = Math.min(...works.map(dueAt), ...toSay.map(({ at }) => at));
      const speaks = toSay.findIndex(({ at }) => at === now);
      if (speaks >= 0) {
        const { name, data = {} } = toSay.splice(speaks, 1)[0]!.event;
        await store.post(id, { type: "event", name, data, by: "outside" }, Date.now());
        driven.push(app.drive(id, { patience: 0 }));
      } else if (works.length > 0) works.find((work) => dueAt(work) === now)?.release();
      else break;
    }
    await Promise.all(driven);
    return { events, ...outcomeOf((await store.getRun(id))?.status, events, plan) };
  }

  /** Everything that can happen before time moves on has happened, and is in the journal. */
  async #quiet(app: App, plan: Plan, run: string): Promise<Quiet> {
    const store = await app.store();
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await setTimeout(LOOK_MS)) {
      if ((await store.inbox(run)).length > 0) continue;
      const events = (await store.readEvents(run)).map(({ event }) => event);
      const state = fold(plan, events);
      const working = [...state.stages.values()].filter(({ status }) => status === "running").map(({ path }) => path);
      if (working.every((path) => this.#held.has(`${run}/${path}`)) && isIdle(state)) return { events, working };
    }
    throw new Error(`run ${run} of ${plan.workflow.id} goes on and on`);
  }
}

function isIdle(state: RunState): boolean {
  return (
    decide(state, { now: Date.now(), validate: () => undefined, secrets: {} }, Number.POSITIVE_INFINITY) === undefined
  );
}
