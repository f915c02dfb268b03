import type { Listener } from "../../app.js";
import type { Plan } from "../../core/plan.js";

/** Shows runs while they are driven. It hears every event after it is on disk. */
export interface Renderer {
  readonly listen: Listener;
  /** What happened before, when a run goes on: part of the picture, and no news. */
  readonly recall: Listener;
  /** Draws the last state and gives the terminal back. */
  stop(): Promise<void>;
}

/** A run to show, and what to call it. */
export interface Shown {
  readonly run: string;
  readonly plan: Plan;
  readonly label: string;
}
