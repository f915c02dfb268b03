import type { Json, JsonObject } from "../core/json.js";

/** An event, said to all runs that wait for it and to all triggers that hear it. */
export interface Emission {
  /** The same however often it is said. */
  readonly key: string;
  /** That says it; null: it comes from outside. */
  readonly run: string | null;
  readonly name: string;
  readonly data: Json;
  readonly by: string;
  readonly atLeast: number;
  /** How many runs, each started by what the one before said, led to it. */
  readonly hops: number;
  /** `text` is kept in the place of `data`; `marks` are held against waits whose match is sealed. */
  readonly sealed?: { readonly text: string; readonly marks: JsonObject };
}

/** Says events. */
export interface EmissionStore {
  /**
   * Posts an event to every run that waits for it, to all of them or none, keeps it for triggers, and gives how many runs
   * they are. Nothing is posted to fewer than `atLeast`, nor a second time under the same key: then it is the number of the
   * first time.
   */
  emit(emission: Emission, now: number): Promise<number>;
}
