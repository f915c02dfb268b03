import type { Listener } from "../../app.js";
import type { StagePath } from "../../core/event.js";
import type { Plan } from "../../core/plan.js";

/** Shows runs while they are driven. It hears every event after it is on disk. */
export interface Renderer {
  readonly listen: Listener;
  /** What happened before, when a run goes on: part of the picture, and no news. */
  readonly recall: Listener;
  /** What a running effect says of itself: no event, and gone with the next one. */
  readonly tell: (stage: StagePath, message: string) => void;
  /** Draws the last state and gives the terminal back. */
  stop(): Promise<void>;
}

/** A run to show, and what to call it. */
export interface Shown {
  readonly run: string;
  readonly plan: Plan;
  readonly label: string;
}
