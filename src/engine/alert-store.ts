import type { AlertFact } from "../core/alert.js";

/**
 * `pending`: to be sent, or tried again. `void`: by the time to tell it, it was not so any more. `dead`: given up after many
 * attempts.
 */
export type AlertStatus = "pending" | "sent" | "void" | "dead";

export interface AlertRow extends AlertFact {
  readonly run: string;
  readonly workflow: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly status: AlertStatus;
  /** Why the last attempt did not do it. */
  readonly error: string | null;
}

/** How an attempt to send went. With `pending` it is tried again at `dueAt`. */
export interface AlertEnd {
  readonly status: AlertStatus;
  readonly dueAt?: number;
  readonly error?: string;
}

/** Alerts on their way: put in by the commit of the events they are about, taken out by whoever sends them. */
export interface AlertStore {
  /**
   * Those due, oldest first, for whoever asks first: to others, and to anybody if this process dies, they are due again at `until`.
   */
  takeAlerts(now: number, until: number, limit: number): Promise<readonly AlertRow[]>;
  settleAlert(key: string, end: AlertEnd): Promise<void>;
  /** Newest first; without `limit`, all. */
  listAlerts(filter: {
    readonly run?: string;
    readonly status?: readonly AlertStatus[];
    readonly limit?: number;
  }): Promise<readonly AlertRow[]>;
  /** How many there are, by status. */
  countAlerts(): Promise<Readonly<Record<string, number>>>;
}
