// Made from the OpenAPI document by `npm run schemas`.

export interface ActPage {
  readonly items: readonly Act[];
  readonly next: string | null;
}

export interface Act {
  readonly run: string | null;
  /** place in the run's journal, or in the trail beside it */
  readonly seq: number;
  readonly source: "journal" | "trail";
  readonly at: string;
  readonly who: string;
  /** an event's type, or what was done beside runs, such as `decisionRefused` and `held` */
  readonly what: string;
  readonly stage: string | null;
  readonly definition: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface HoldList {
  readonly items: readonly Hold[];
}

export interface Hold {
  readonly run: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

export interface Proof {
  readonly proven: boolean;
  readonly runs: number;
  readonly events: number;
  readonly faults: readonly {
    readonly run: string | null;
    readonly seq: number;
    readonly kind: "changed" | "removed" | "added" | "reordered" | "rewritten" | "unchained";
    readonly what: string;
  }[];
}
