import type { Event } from "./event.js";
import type { JsonObject } from "./json.js";
import type { LimitClaim } from "./limit.js";
import type { Notice, StageState } from "./state.js";

/** Where a result may come from, and is kept: `name` is the same for one stage of a workflow and one value of its key. */
export interface CacheUse {
  readonly name: string;
  /** Milliseconds. */
  readonly ttl: number;
}

/** What must be done next, decided purely. The engine records the events first and acts when they are on disk. */
export type Command =
  /** Facts that follow from what is known. */
  | { readonly kind: "record"; readonly events: readonly Event[] }
  /** Run a pure stage type, or open a wait; nothing is recorded before. */
  | { readonly kind: "evaluate"; readonly stage: StageState; readonly input: JsonObject }
  /** Take what it needs of limits that all runs share; the stage is decided about again when it has it. */
  | {
      readonly kind: "admit";
      readonly stage: StageState;
      readonly claims: readonly LimitClaim[];
      readonly priority: number;
    }
  /** Record `started`, then run the effect. */
  | {
      readonly kind: "perform";
      readonly stage: StageState;
      readonly uses: string;
      readonly attempt: number;
      readonly input: JsonObject;
      readonly idempotencyKey: string;
      readonly cache?: CacheUse | undefined;
      readonly started: Event;
      /** It undoes `stage` rather than being it. */
      readonly isUndo: boolean;
    }
  /** Tell the approvers of a stage, and record that they were told. */
  | { readonly kind: "notify"; readonly notice: Notice }
  /** The time of an approval is over: if no decision came first, it ends with `outcome`. */
  | { readonly kind: "expire"; readonly stage: StageState; readonly outcome: string };
