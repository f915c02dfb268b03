import type { Context } from "../core/evaluate.js";
import type { Recorded } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { RunState, StageState } from "../core/state.js";
import type { Tool } from "../plugin/api.js";
import type { Journal } from "./journal.js";
import type { Mask } from "./mask.js";
import type { Host, Lease, Listener } from "./ports.js";
import type { Redactions } from "./redact.js";
import type { Slots } from "./slots.js";
import type { Snapshots } from "./snapshots.js";
import type { Turns } from "./turns.js";
import type { BetweenTurns } from "./writer.js";

/** Why driving a run stopped. `lost`: another process took the lease. `stopped`: asked to. */
export type DriveEnd = "ended" | "paused" | "waiting" | "stopped" | "lost";

export interface DriveOptions {
  /** Milliseconds: a timer due within them is waited for; a run that waits for longer is left to itself. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
  readonly listener?: Listener | undefined;
  /** What the listener knows already: up to this event. Else it hears what comes from now on. */
  readonly after?: number | undefined;
  /** Hears what running effects say about themselves; nothing depends on it. */
  readonly progress?: ((stage: string, message: string) => void) | undefined;
}

/** Everything one drive works with. */
export interface DriveParts {
  readonly host: Host;
  readonly journal: Journal;
  /** Of this process; without them its effects are performed elsewhere. */
  readonly slots: Slots | undefined;
  readonly turns: Turns;
  readonly lease: Lease;
  readonly state: RunState;
  readonly secrets: Context["secrets"];
  readonly mask: Mask;
  /** Of what leaves the run: it hides what is redacted, too. */
  readonly outward: Mask;
  readonly redactions: Redactions | undefined;
  readonly snapshots: Snapshots;
  readonly options: DriveOptions;
  readonly betweenTurns?: BetweenTurns;
  /** Nobody will tell how what is under way ended, though effects are performed elsewhere. */
  readonly isTakenOver?: boolean;
  /** A workflow as a tool of the agent of a stage. */
  tool(parent: RunState, stage: StageState, workflow: string): Tool;
  /** What others added since this process last drove the run, for the listener. */
  readonly missed: readonly Recorded[];
  /** Starts the run that a stage detaches, and gives its id. */
  spawn(parent: RunState, stage: StageState, inputs: JsonObject, options: DriveOptions): Promise<string>;
}
