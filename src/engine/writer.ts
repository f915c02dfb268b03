import { apply } from "../core/apply.js";
import type { Event, Recorded } from "../core/event.js";
import type { RunState } from "../core/state.js";
import { approvalId, approvalRow, closesApproval } from "./approvals.js";
import type { Journal, Writer } from "./journal.js";
import type { ApprovalRow, CommitEntry, CommitOutcome, Host, Lease } from "./ports.js";
import { rowOf } from "./row.js";

/** How long a lease lasts without a word from its holder: milliseconds. */
export const LEASE_MS = 30_000;

export interface WriterHooks {
  /** Every event, as soon as it is in the state and before it is on disk. */
  recorded(event: Event): void;
  /** Events that are on disk now, in order. */
  durable(events: readonly Recorded[]): void;
  /** The lease is gone (undefined), or the store failed: nothing more can be written. */
  lost(error: Error | undefined): void;
  /** Is anything in flight or about to start? */
  isBusy(): boolean;
}

/** The one writer of a run's journal: state first, disk next, listeners last. */
export class RunWriter implements Writer {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #lease: Lease;
  readonly #hooks: WriterHooks;
  readonly state: RunState;
  #events: Event[] = [];
  #after: (() => void)[] = [];
  #opened: ApprovalRow[] = [];
  #closed: { readonly id: string; readonly at: number }[] = [];
  #consumed: number[] = [];
  #committing: readonly (() => void)[] | null = null;
  #seq: number;
  #isLost = false;
  /** When the lease was last prolonged. */
  lastCommitAt: number;

  constructor(host: Host, journal: Journal, lease: Lease, state: RunState, hooks: WriterHooks) {
    this.#host = host;
    this.#journal = journal;
    this.#lease = lease;
    this.#hooks = hooks;
    this.state = state;
    this.#seq = lease.headSeq;
    this.lastCommitAt = host.clock.now();
  }

  /** Is everything recorded on disk? */
  get isDurable(): boolean {
    return this.#committing === null && this.#events.length === 0 && this.#consumed.length === 0;
  }

  /** Takes facts into the state and on their way to disk. @throws StagecraftError `internal` on an illegal one */
  record(events: readonly Event[]): void {
    if (this.#isLost) return;
    for (const event of events) {
      const stage = "stage" in event && event.stage !== undefined ? this.state.stages.get(event.stage) : undefined;
      const isClosing = stage?.status === "waiting" && closesApproval(event, stage);
      apply(this.state, event);
      this.#events.push(event);
      if (stage !== undefined && (isClosing || event.type === "stageWaiting")) {
        const id = approvalId(this.#host.sha256, this.state.id, stage);
        const row = approvalRow(id, this.state, stage, event.at);
        if (isClosing) this.#closed.push({ id, at: event.at });
        else if (row !== undefined) this.#opened.push(row);
      }
      this.#hooks.recorded(event);
    }
    this.#journal.wake(this);
  }

  /** The inbox message is gone with the commit of what was recorded last. */
  consume(message: number): void {
    this.#consumed.push(message);
    this.#journal.wake(this);
  }

  /** Calls back once everything recorded so far is on disk. */
  afterDurable(callback: () => void): void {
    if (this.isDurable) callback();
    else this.#after.push(callback);
  }

  take(): CommitEntry | undefined {
    if (this.#isLost || (this.#events.length === 0 && this.#consumed.length === 0)) return undefined;
    const now = this.#host.clock.now();
    const entry: CommitEntry = {
      run: this.state.id,
      epoch: this.#lease.epoch,
      expectedSeq: this.#seq,
      events: this.#events,
      row: rowOf(this.state, now, this.#hooks.isBusy()),
      leaseUntil: now + LEASE_MS,
      opened: this.#opened,
      closed: this.#closed,
      consumed: this.#consumed,
    };
    this.#committing = this.#after;
    this.#events = [];
    this.#after = [];
    this.#opened = [];
    this.#closed = [];
    this.#consumed = [];
    return entry;
  }

  committed(entry: CommitEntry, outcome: CommitOutcome | Error): void {
    const after = this.#committing ?? [];
    this.#committing = null;
    if (this.#isLost) return;
    if (outcome !== "done") {
      this.#isLost = true;
      this.#hooks.lost(outcome === "fenced" ? undefined : outcome);
      return;
    }
    this.lastCommitAt = entry.row.updatedAt;
    const recorded = entry.events.map((event, at) => ({ seq: this.#seq + at + 1, event }));
    this.#seq += entry.events.length;
    if (recorded.length > 0) this.#hooks.durable(recorded);
    for (const callback of after) callback();
  }
}
