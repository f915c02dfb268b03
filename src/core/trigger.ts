import type { Template } from "./template.js";

/** What starts a run by itself; `inputs` may read `trigger`. */
export type TriggerPlan = CronTrigger | FileTrigger | WebhookTrigger | EventTrigger;

interface Trigger {
  /** Unique in its workflow. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, Template>>;
}

export interface CronTrigger extends Trigger {
  readonly kind: "cron";
  /** Five fields, or a nickname such as `@daily`. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  readonly overlap: Overlap;
  /** Milliseconds: a time that came longer ago, because nothing was running, is passed over. */
  readonly catchup: number;
}

/** A file that appears, or changes, and has come to rest. */
export interface FileTrigger extends Trigger {
  readonly kind: "file";
  /** Below the project; `*` stands for part of a name. */
  readonly file: string;
}

/** What both those that hear something have. */
interface Heard extends Trigger {
  readonly overlap: Overlap;
  /** What does not hold is heard and starts nothing. */
  readonly filter?: Template;
}

/** A request to the server. */
export interface WebhookTrigger extends Heard {
  readonly kind: "webhook";
  /** How a sender proves itself; null: anybody who reaches the server may send. */
  readonly signed: WebhookSignature | null;
}

export interface WebhookSignature {
  /** The name of the secret that both sides know. */
  readonly secret: string;
  readonly scheme: "standard" | "github";
  /** How far the sender's clock may be off, and how old a request may be: milliseconds. */
  readonly tolerance: number;
}

/** Something that a run, a person or a program said. */
export interface EventTrigger extends Heard {
  readonly kind: "event";
  readonly event: string;
}

/**
 * What happens to a time, a request or an event that comes while the run before has not ended. `skip`: it is passed over. `queue`: it waits its turn.
 * `latest`: it waits, and of several only the newest is kept. `allow`: the runs go side by side.
 */
export type Overlap = "skip" | "queue" | "latest" | "allow";
