import type { Event, StagePath } from "../../core/event.js";
import type { RunState } from "../../core/state.js";
import { type Flights, movesOn } from "../effects.js";
import type { Perform } from "../perform.js";
import type { RunWriter } from "../writer.js";

/** Effects of one run that may be under way elsewhere at a time. */
export const AWAY_AT_ONCE = 50;

/** The effects of a run that other processes perform: here they are only begun, and what came of them arrives as news. */
export class Orders implements Flights {
  readonly size = 0;
  readonly #writer: Pick<RunWriter, "record">;
  readonly #away = new Set<StagePath>();

  constructor(state: RunState, writer: Pick<RunWriter, "record">) {
    this.#writer = writer;
    for (const path of underWay(state)) this.#away.add(path);
  }

  get elsewhere(): number {
    return this.#away.size;
  }

  get free(): number {
    return AWAY_AT_ONCE - this.#away.size;
  }

  perform({ stage, started }: Perform): void {
    this.#away.add(stage.path);
    this.#writer.record([started]);
  }

  notice(event: Event): void {
    const path = movesOn(event);
    if (path !== undefined) this.#away.delete(path);
  }

  abortAll(): void {}
}

/** Stages whose effect, or its undoing, has begun and not ended. */
export function underWay({ stages, rollback }: RunState): readonly StagePath[] {
  const running = [...stages.values()].filter(({ status }) => status === "running").map(({ path }) => path);
  return rollback?.running && rollback.current !== null ? [...running, rollback.current.path] : running;
}
