import type { Json } from "../core/json.js";

/** Something that happened outside, or that a run said, of which runs may be started. */
export interface NewOccurrence {
  /** The same however often it is told. */
  readonly key: string;
  readonly source: "event" | "webhook";
  /** Of the event; of a webhook `workflow/trigger`. */
  readonly name: string;
  readonly data: Json;
  readonly by: string;
  readonly at: number;
  /** How many runs, each started by what the one before said, led to it. */
  readonly hops: number;
}

/** `no` grows in the order in which they were kept: whoever has read up to one has missed none before it. */
export interface Occurrence extends NewOccurrence {
  readonly no: number;
}

/** Keeps what happened until every trigger that wants to know of it has heard it. */
export interface OccurrenceStore {
  /** Durable when it returns. False: this key is kept already. */
  keepOccurrence(occurrence: NewOccurrence): Promise<boolean>;
  /** Those of a source and name behind `after`, in order. */
  occurrences(of: Pick<Occurrence, "source" | "name">, after: number, limit: number): Promise<readonly Occurrence[]>;
  /** The `no` of the last one ever kept; 0: there was none. */
  lastOccurrence(): Promise<number>;
  /** Throws away those up to `no` that were kept before `at`. */
  dropOccurrences(no: number, at: number): Promise<void>;
}
