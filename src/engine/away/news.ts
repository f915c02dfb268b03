/** What a process that performs an attempt away from its run's driver tells the run, through its inbox. */
import type { Failure } from "../../core/errors.js";
import type { StagePath, Usage } from "../../core/event.js";
import type { Json } from "../../core/json.js";
import type { StageResult } from "../../plugin/api.js";

/** How an attempt ended: with what its stage type returned, or how it failed. */
export type AttemptEnd = { readonly result: StageResult } | { readonly failure: Failure };

/** One attempt of a stage, or of undoing it. Holds nothing of its data. */
export interface Order {
  readonly run: string;
  readonly stage: StagePath;
  readonly attempt: number;
  readonly isUndo: boolean;
}

export interface AttemptNews extends Omit<Order, "run"> {
  readonly type: "attempt";
  readonly news:
    | { readonly kind: "step"; readonly key: string; readonly value: Json; readonly usage?: Usage }
    | { readonly kind: "ended"; readonly end: AttemptEnd }
    /** The process that performed it died, or nobody knows what became of it. */
    | { readonly kind: "lost" };
}
