import type { Recorded } from "../core/event.js";
import type { RunState, StageState } from "../core/state.js";

/** Shows to others what runs do, and names their attempts to whom they ask something of. Must not throw. */
export interface Tracer {
  /** Events of a run that this process has committed. */
  heard(state: RunState, events: readonly Recorded[]): void;
  /** A sub-step of an attempt begins: its end is recorded under `key`. */
  began(state: RunState, stage: StageState, key: string, at: number): void;
  /** W3C Trace Context of an attempt; undefined where nobody traces the run. */
  traceparent(state: RunState, stage: StageState, attempt: number): string | undefined;
}
