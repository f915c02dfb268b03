import { apply } from "../../core/apply.js";
import { bug } from "../../core/errors.js";
import type { Recorded } from "../../core/event.js";
import type { RunState } from "../../core/state.js";
import { isAdmitted } from "../admission.js";
import { Definitions } from "../definitions.js";
import { Drive } from "../drive.js";
import type { DriveEnd } from "../drive-parts.js";
import { Journal } from "../journal.js";
import { maskFor } from "../mask.js";
import { definitionOf, secretsOf } from "../pinned.js";
import type { Host, Lease, Listener, RunPatch, RunRow, StoredDefinition } from "../ports.js";
import type { Redactions } from "../redact.js";
import { redactionsOf } from "../redacted-run.js";
import { loadState, Snapshots } from "../snapshots.js";
import { Turns } from "../turns.js";
import { LEASE_MS } from "../writer.js";
import { stageUnderWay } from "./arrivals.js";
import type { Order } from "./news.js";
import { underWay } from "./orders.js";

/**
 * How long a run is kept from others while attempts of it are under way elsewhere and nothing at all is heard of it:
 * milliseconds.
 */
export const AWAY_LEASE_MS = 10 * 60_000;

/** What one turn came to. `busy`: another kind of driver has the run. `queued`: others of its group must end first. */
export interface TurnEnd {
  readonly end: DriveEnd | "busy" | "queued";
  /** Attempts that began after the event `after`, and are under way. */
  readonly orders: readonly Order[];
  /** The journal's last event. */
  readonly head: number;
  /** When the run must have a turn though nothing is heard of it: milliseconds. */
  readonly wakeAt: number | null;
}

/** So many runs are kept in mind between their turns: those whose turn was last. */
const KEPT = 64;

/** A run between two turns, after its event `head`. */
interface Kept {
  readonly state: RunState;
  readonly snapshots: Snapshots;
  readonly redactions: Redactions | undefined;
  readonly head: number;
  readonly lease: Lease;
  /** The hash of what it is driven by. */
  readonly definition: string;
}

/**
 * Drives runs by turns: each takes in what came, decides as far as that goes, and says which attempts others must perform.
 * Between turns all of a run can be found again in its journal. While attempts of it are under way its state is kept in
 * mind, so that a turn costs what is new and not what there is; a run that waits is a row. Whoever calls sees to it that a run has one turn at a time.
 */
export class Decider {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #definitions: Definitions;
  readonly #turns: Turns;
  readonly #isDecider: (owner: string) => boolean;
  /** Runs whose attempts are under way, as their last turns here left them. */
  readonly #kept = new Map<string, Kept>();

  /**
   * @param host its owner takes over from turns that were broken off
   * @param isDecider is this the name of an owner like it? What others left under way is lost: nobody tells of it.
   */
  constructor(host: Host, isDecider: (owner: string) => boolean) {
    this.#host = host;
    this.#isDecider = isDecider;
    this.#journal = new Journal(host.store);
    this.#definitions = new Definitions(host.store);
    this.#turns = new Turns(host);
  }

  /** @param after the head of the turn whose orders were last passed on; 0 before the first */
  async turn(run: string, after: number, listener?: Listener): Promise<TurnEnd> {
    const { store, clock, owner } = this.#host;
    const row = await store.getRun(run);
    if (row !== undefined && (await this.#isIdle(row, after))) {
      return { end: row.endedAt === null ? "waiting" : "ended", orders: [], head: after, wakeAt: row.wakeAt };
    }
    const definition = await definitionOf(store, this.#definitions, run, row);
    const now = () => clock.now();
    // The one that is to give way has a turn of its own to stop.
    const isTurn = await isAdmitted(store, run, definition.plan, now, async () => {});
    if (!isTurn) return { end: "queued", orders: [], head: after, wakeAt: null };
    const begun: Recorded[] = [];
    let wakeAt = row?.wakeAt ?? null;
    for (let seen = row; ; seen = undefined) {
      const held = this.#held(run, seen);
      const lease = held ?? (await store.claim(run, owner, now(), now() + AWAY_LEASE_MS));
      if (lease === undefined) return { end: "busy", orders: [], head: after, wakeAt: null };
      const isTakenOver = seen !== undefined && held === undefined && this.#isTakenOver(seen, lease);
      const unseen = lease.headSeq - after - begun.length;
      if (unseen > 0) begun.push(...(await store.readEvents(run, after + begun.length, unseen)));
      const told = (recorded: readonly Recorded[]) => {
        begun.push(...recorded);
        listener?.(run, recorded);
      };
      const { end, state, row: last } = await this.#drive(lease, definition, told, isTakenOver);
      if (end === "lost") throw new Error(`another turn of run ${run} has begun`);
      if (last !== undefined) wakeAt = last.wakeAt;
      if (end !== "ended" && (await store.inbox(run)).length > 0) continue;
      return { end, orders: ordersIn(state, begun), head: after + begun.length, wakeAt };
    }
  }

  /** Several messages ask for as many turns, and the first takes them all in: the others find nothing to do. */
  async #isIdle({ id, status, headSeq, wakeAt }: RunRow, after: number): Promise<boolean> {
    const { store, clock } = this.#host;
    if (status === "queued" || headSeq !== after) return false;
    if (wakeAt !== null && wakeAt <= clock.now()) return false;
    return (await store.inbox(id)).length === 0;
  }

  /** The lease under which the last turn here left the run, if nobody took it since. */
  #held(run: string, row: RunRow | undefined): Lease | undefined {
    const kept = this.#kept.get(run);
    if (kept === undefined) return undefined;
    const lease = { ...kept.lease, headSeq: kept.head };
    const isMine = row === undefined || (row.owner === lease.owner && row.epoch === lease.epoch);
    return isMine && (row === undefined || row.headSeq === kept.head) ? lease : undefined;
  }

  /** Was the run left by another kind of driver? A turn that leaves attempts under way keeps its lease. */
  #isTakenOver({ owner, epoch }: RunRow, lease: Lease): boolean {
    return owner === null || !this.#isDecider(owner) || lease.epoch !== epoch + 1;
  }

  async #drive(
    lease: Lease,
    definition: StoredDefinition,
    told: (recorded: readonly Recorded[]) => void,
    isTakenOver: boolean,
  ) {
    const { store, clock, secrets: known } = this.#host;
    const since = clock.now();
    let begun: RunState | undefined;
    try {
      const { state, snapshots, redactions } = await this.#load(lease, definition);
      begun = state;
      const secrets = await secretsOf(known, definition.plan);
      const mask = maskFor(Object.values(secrets));
      let head = lease.headSeq;
      let row: RunPatch | undefined;
      const heard: Listener = (_, recorded) => {
        head = recorded.at(-1)?.seq ?? head;
        told(recorded);
      };
      const kept = (told: RunPatch) => {
        row = told;
      };
      const drive = new Drive({
        ...{ host: this.#host, journal: this.#journal, turns: this.#turns, lease, state, secrets, missed: [] },
        ...{ slots: undefined, isTakenOver },
        ...{ mask, outward: redactions?.mask(mask) ?? mask, redactions, snapshots },
        options: { patience: 0, listener: heard },
        betweenTurns: { leaseMs: AWAY_LEASE_MS, kept },
        tool: notHere,
        spawn: notHere,
      });
      const end = await drive.run();
      if (underWay(state).length === 0) await store.release(lease);
      else {
        // One that lasts renews its lease as if it were driven without a pause.
        if (clock.now() - since > LEASE_MS / 3) await store.renew(lease, clock.now() + AWAY_LEASE_MS);
        const { hash } = definition;
        if (end !== "lost") this.#keep(lease.run, { state, snapshots, redactions, head, lease, definition: hash });
      }
      return { end, state, row };
    } catch (error) {
      // Orders that were not passed on are left to the next turn, and to no other kind of driver.
      if (begun === undefined || underWay(begun).length === 0) await store.release(lease).catch(() => {});
      throw error;
    }
  }

  /** As the last turn here left the run, with what others wrote since; or from the store. What is kept is given to one turn. */
  async #load(lease: Lease, definition: StoredDefinition): Promise<Pick<Kept, "state" | "snapshots" | "redactions">> {
    const { store } = this.#host;
    const kept = this.#kept.get(lease.run);
    this.#kept.delete(lease.run);
    if (kept !== undefined && kept.definition === definition.hash && kept.head <= lease.headSeq) {
      const since = kept.head === lease.headSeq ? [] : await store.readEvents(lease.run, kept.head);
      if (kept.head + since.length === lease.headSeq) {
        for (const { event } of since) apply(kept.state, kept.redactions?.open(event) ?? event);
        return kept;
      }
    }
    const redactions = await redactionsOf(store, definition.plan, lease.run);
    const { state, snapshotAt } = await loadState(store, lease.run, definition, lease.headSeq, redactions?.open);
    return { state, snapshots: new Snapshots(this.#host, definition.hash, snapshotAt), redactions };
  }

  #keep(run: string, kept: Kept): void {
    this.#kept.set(run, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

/** Derived rather than remembered: a turn that was broken off before it passed its orders on is made good by the next. */
function ordersIn(state: RunState, begun: readonly Recorded[]): readonly Order[] {
  return begun.flatMap(({ event }) => {
    if (event.type !== "stageStarted" && event.type !== "compensationStarted") return [];
    const { stage, attempt } = event;
    const order: Order = { run: state.id, stage, attempt, isUndo: event.type === "compensationStarted" };
    return stageUnderWay(state, order) === undefined ? [] : [order];
  });
}

function notHere(): never {
  throw bug("an effect was performed by the process that only decides");
}
