import { alertsOf, slowAlerts } from "../core/alert.js";
import { apply } from "../core/apply.js";
import type { Event, Recorded, RunStatus } from "../core/event.js";
import type { RunState } from "../core/state.js";
import { approvalId, approvalRow, closesApproval } from "./approvals.js";
import type { Journal, Writer } from "./journal.js";
import type { Mask } from "./mask.js";
import type { ApprovalRow, CommitEntry, CommitOutcome, Host, Lease, LimitHolder, RunPatch, Snapshot } from "./ports.js";
import type { Redactions } from "./redact.js";
import { type Marks, marksOf } from "./redact-marks.js";
import { rowOf } from "./row.js";
import type { Snapshots } from "./snapshots.js";

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
  /** When it must be looked at again because of what it waits for outside itself: milliseconds. */
  parkedUntil(): number | null;
}

/** How a run is kept between the turns in which it is driven. */
export interface BetweenTurns {
  /** How long a commit keeps it from others: milliseconds. */
  readonly leaseMs: number;
  /** Hears what the list was told with each commit. */
  kept(row: RunPatch): void;
}

/** What a writer works with. */
export interface WriterParts {
  readonly host: Host;
  readonly journal: Journal;
  readonly lease: Lease;
  readonly state: RunState;
  readonly mask: Mask;
  readonly snapshots: Snapshots;
  readonly redactions: Redactions | undefined;
  readonly betweenTurns?: BetweenTurns;
}

/** `isKept` false: the lease or the store is gone, and what was recorded may be too. */
type Callback = (isKept: boolean) => void;

/** The one writer of a run's journal: state first, disk next, listeners last. */
export class RunWriter implements Writer {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #lease: Lease;
  readonly #hooks: WriterHooks;
  readonly #mask: Mask;
  readonly #snapshots: Snapshots;
  readonly #redactions: Redactions | undefined;
  readonly #betweenTurns: BetweenTurns | undefined;
  /** Taken with the commit in flight. */
  #snapshot: Snapshot | undefined;
  readonly state: RunState;
  #events: Event[] = [];
  #after: Callback[] = [];
  #opened: ApprovalRow[] = [];
  #widened: CommitEntry["widened"][number][] = [];
  #closed: { readonly id: string; readonly at: number }[] = [];
  #consumed: number[] = [];
  #definition: CommitEntry["definition"];
  #committing: Callback[] | null = null;
  #seq: number;
  #isLost = false;
  #mustTell = false;
  /** When the lease was last prolonged, by a commit or a word to the store. */
  renewedAt: number;
  /** The status last told to the list, undefined before the first commit of this holder. */
  #told: RunStatus | undefined;

  constructor(parts: WriterParts, hooks: WriterHooks) {
    const { host, journal, lease, state, mask, snapshots, redactions, betweenTurns } = parts;
    this.#host = host;
    this.#journal = journal;
    this.#lease = lease;
    this.#hooks = hooks;
    this.#mask = mask;
    this.#snapshots = snapshots;
    this.#redactions = redactions;
    this.#betweenTurns = betweenTurns;
    this.state = state;
    this.#seq = lease.headSeq;
    this.renewedAt = host.clock.now();
  }

  /** Is everything recorded on disk? */
  get isDurable(): boolean {
    return this.#committing === null && !this.#hasMore;
  }

  /** Under what lease it writes. */
  get holder(): LimitHolder {
    const { run, epoch } = this.#lease;
    return { run, epoch };
  }

  /** Is there anything that no commit has taken yet? */
  get #hasMore(): boolean {
    return this.#events.length > 0 || this.#consumed.length > 0 || this.#mustTell;
  }

  /** Takes facts, without any secret in them, into the state and on their way to disk. @throws StagecraftError `internal` on an illegal one */
  record(events: readonly Event[]): void {
    if (this.#isLost) return;
    for (let at = 0; at < events.length; at++) {
      const event = this.#mask.event(events[at] as Event);
      const stage = "stage" in event && event.stage !== undefined ? this.state.stages.get(event.stage) : undefined;
      const isClosing = stage?.status === "waiting" && closesApproval(event, stage);
      apply(this.state, event);
      this.#events.push(event);
      if (stage?.waiting?.approval !== undefined && event.type === "approvalEscalated") {
        const id = approvalId(this.#host.sha256, this.state.id, stage);
        this.#widened.push({ id, request: stage.waiting.approval });
      }
      if (event.type === "runMigrated") this.#definition = { hash: event.to, version: event.version };
      if (stage !== undefined && (isClosing || event.type === "stageWaiting")) {
        const id = approvalId(this.#host.sha256, this.state.id, stage);
        const row = approvalRow(id, this.state, stage, event.at);
        if (isClosing) this.#closed.push({ id, at: event.at });
        else if (row !== undefined) this.#opened.push(row);
      }
      this.#redactions?.learn(event, this.#marks(event));
      this.#hooks.recorded(event);
    }
    this.#journal.wake(this);
  }

  /** The inbox message is gone with the commit of what was recorded last. */
  consume(message: number): void {
    this.#consumed.push(message);
    this.#journal.wake(this);
  }

  /** Has the list been told what the run is doing now? */
  get isTold(): boolean {
    return this.#told === rowOf(this.state, 0, this.#hooks.isBusy(), null).status;
  }

  /** Tells the list, though nothing happened that the journal keeps. */
  tell(): void {
    this.#mustTell = true;
    this.#journal.wake(this);
  }

  /** Calls back once everything recorded so far is on disk, or cannot get there any more. */
  afterDurable(callback: Callback): void {
    if (this.#isLost) callback(false);
    else if (this.isDurable) callback(true);
    // All of it is in the commit under way: no other may follow that would call back.
    else (this.#hasMore ? this.#after : (this.#committing ?? this.#after)).push(callback);
  }

  take(): CommitEntry | undefined {
    if (this.#isLost || !this.#hasMore) return undefined;
    const now = this.#host.clock.now();
    const events = this.#redactions === undefined ? this.#events : this.#events.map(this.#kept);
    const entry: CommitEntry = {
      run: this.state.id,
      epoch: this.#lease.epoch,
      expectedSeq: this.#seq,
      events,
      row: rowOf(this.state, now, this.#hooks.isBusy(), this.#hooks.parkedUntil()),
      leaseUntil: now + (this.#betweenTurns?.leaseMs ?? LEASE_MS),
      opened: this.#opened,
      closed: this.#closed,
      widened: this.#widened,
      consumed: this.#consumed,
      alerts: this.#alerts(events),
      definition: this.#definition,
    };
    // All that the state knows is in this entry or on disk already. A snapshot would hold what is redacted; and for the
    // first commit of a holder the stages of a run that is taken up wait.
    if (this.#redactions === undefined && this.#told !== undefined)
      this.#snapshot = this.#snapshots.take(this.state, this.#seq + events.length);
    this.#committing = this.#after;
    this.#events = [];
    this.#after = [];
    this.#opened = [];
    this.#closed = [];
    this.#widened = [];
    this.#consumed = [];
    this.#definition = undefined;
    this.#mustTell = false;
    return this.#redactions === undefined ? entry : this.#redactions.keepLists(entry);
  }

  readonly #kept = (event: Event): Event => this.#redactions?.keep(event, this.#marks(event)) ?? event;

  #marks(event: Event): Marks {
    const stage = "stage" in event && event.stage !== undefined ? this.state.stages.get(event.stage) : undefined;
    const { plan, frame } = this.state;
    return marksOf({ ...plan, workflow: frame.workflow }, stage?.plan, event);
  }

  /** What these events give to tell; in the first commit of each holder, also what there is to tell of a slow run. */
  #alerts(events: readonly Event[]): CommitEntry["alerts"] {
    const { id, plan, startedAt } = this.state;
    const plans = plan.workflow.alerts;
    if (plans === undefined) return undefined;
    const slow = this.#told === undefined ? slowAlerts(id, plans, startedAt) : [];
    return [...slow, ...alertsOf(id, plans, events, this.#seq)];
  }

  committed(entry: CommitEntry, outcome: CommitOutcome | Error): void {
    const after = this.#committing ?? [];
    this.#committing = null;
    if (this.#isLost) return;
    if (outcome !== "done") return this.#lose(outcome === "fenced" ? undefined : outcome, after);
    this.renewedAt = entry.row.updatedAt;
    this.#told = entry.row.status;
    this.#betweenTurns?.kept(entry.row);
    const recorded = entry.events.map((event, at) => ({ seq: this.#seq + at + 1, event }));
    this.#seq += entry.events.length;
    if (this.#snapshot !== undefined) this.#snapshots.keep(this.state.id, this.#snapshot);
    this.#snapshot = undefined;
    if (recorded.length > 0) this.#hooks.durable(recorded);
    // The commit took longer than the lease lasts: somebody else may have gone on from it, and nothing may begin here.
    if (this.#host.clock.now() >= entry.leaseUntil) return this.#lose(undefined, after);
    for (const callback of after) callback(true);
  }

  #lose(error: Error | undefined, after: readonly Callback[]): void {
    this.#isLost = true;
    this.#hooks.lost(error);
    for (const callback of [...after, ...this.#after.splice(0)]) callback(false);
  }
}
