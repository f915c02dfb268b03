import { apply, fold } from "../../../core/apply.js";
import type { Event, Recorded } from "../../../core/event.js";
import type { Plan } from "../../../core/plan.js";
import type { RunState } from "../../../core/state.js";
import { type StageView, viewStages } from "../../../core/view.js";

/** A run as it stood after some of its events: the same fold as the engine's. */
export interface Moment {
  readonly count: number;
  readonly at: number;
  readonly status: string;
  readonly stages: readonly StageView[];
  readonly values: RunState["frame"]["values"];
  readonly inputs: RunState["frame"]["inputs"];
  readonly end: RunState["end"];
}

/** The journal of one run as far as it came, and the run at any place of it. */
export class Replay {
  readonly events: Recorded[] = [];
  readonly #plan: Plan;
  #state: RunState | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get plan(): Plan {
    return this.#plan;
  }

  get lastSeq(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** What was there already, such as after a reconnection, counts once. */
  add(recorded: readonly Recorded[]): void {
    for (const one of recorded) {
      if (one.seq !== this.lastSeq + 1) continue;
      this.events.push(one);
      if (this.#state === undefined) this.#state = fold(this.#plan, [one.event]);
      else apply(this.#state, one.event);
    }
  }

  /** After the first `count` events; after all of them without a count. */
  moment(count?: number): Moment | undefined {
    if (this.#state === undefined) return undefined;
    const known = Math.max(1, Math.min(count ?? this.events.length, this.events.length));
    const isNow = known === this.events.length;
    const state = isNow ? this.#state : fold(this.#plan, this.#eventsUpTo(known));
    const at = (this.events[known - 1] as Recorded).event.at;
    const { frame, end } = state;
    const stages = viewStages(state);
    return { count: known, at, status: statusOf(state), stages, values: frame.values, inputs: frame.inputs, end };
  }

  /** How many events had been recorded at this time. */
  countAt(at: number): number {
    const later = this.events.findIndex(({ event }) => event.at > at);
    return later < 0 ? this.events.length : Math.max(1, later);
  }

  *#eventsUpTo(count: number): Iterable<Event> {
    for (let at = 0; at < count; at++) yield (this.events[at] as Recorded).event;
  }
}

function statusOf(state: RunState): string {
  if (state.phase === "ended") return state.end?.status ?? "failed";
  if (state.phase === "rollback") return "rollingBack";
  if (state.paused !== null) return "paused";
  const isBusy = [...state.stages.values()].some(({ status }) => status === "running" || status === "ready");
  return !isBusy && state.waits.size > 0 ? "waiting" : "running";
}

/** `checks/sanctions` of `checks~2/sanctions`, `load` of `load[3]`: the place in the graph. */
export function placeOf(path: string): string {
  return path.replace(/\[\d+\]|[#~]\d+/g, "");
}

/** How the stage at one place of the graph stands. */
export interface Standing {
  readonly path: string;
  readonly status: string;
  /** Of a stage with items: how many ended, of how many. */
  readonly items?: readonly [ended: number, all: number];
}

/** By place in the graph; of several instances the last. */
export function standings(stages: readonly StageView[]): ReadonlyMap<string, Standing> {
  const found = new Map<string, Standing>();
  const items = new Map<string, [number, number]>();
  for (const stage of stages) {
    const place = placeOf(stage.path);
    if (stage.path.endsWith("]") && !stage.path.includes("/", place.length)) {
      const count = items.get(place) ?? [0, 0];
      items.set(place, [count[0] + (stage.status === "ended" ? 1 : 0), count[1] + 1]);
      continue;
    }
    found.set(place, { path: stage.path, status: stage.outcome ?? stage.status });
  }
  for (const [place, count] of items) {
    const standing = found.get(place);
    if (standing !== undefined) found.set(place, { ...standing, items: count });
  }
  return found;
}
