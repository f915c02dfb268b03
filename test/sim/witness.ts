import { apply, fold } from "../../src/core/apply.js";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { thaw } from "../../src/core/snapshot/thaw.js";
import type { RunState } from "../../src/core/state.js";
import type { CommitEntry, Snapshot, Store } from "../../src/engine/ports.js";
import { difference } from "../support/same-state.js";

/** What the witness knows of one run, from its own notes and not from the store. */
export interface Testimony {
  readonly events: Event[];
  readonly state: RunState;
  /** Fencing token of the lease given out last, and until when its holder was told it has it. */
  epoch: number;
  until: number;
  readonly done: Set<string>;
  readonly undone: Set<string>;
}

const NOT_WORK = new Set(["skipped", "failed", "omitted", "cancelled"]);

/** Stands between the workers and the store, below every fault, and keeps its own notes of what was really kept. */
export class Witness {
  readonly runs = new Map<string, Testimony>();
  readonly violations: string[] = [];
  readonly consumed = new Set<number>();
  readonly store: Store;
  commits = 0;
  snapshots = 0;

  constructor(inner: Store, planOf: (definition: string) => Plan) {
    this.store = {
      ...inner,
      createRun: async (run) => {
        const result = await inner.createRun(run);
        if (result.created) this.#opened(run.id, planOf(run.definition), run.events);
        return result;
      },
      claim: async (run, owner, now, until) => {
        const lease = await inner.claim(run, owner, now, until);
        if (lease !== undefined) this.#leased(run, lease.epoch, lease.until, lease.headSeq);
        return lease;
      },
      renew: async (lease, until) => {
        const isHeld = await inner.renew(lease, until);
        const known = this.of(lease.run);
        if (isHeld && lease.epoch !== known.epoch) this.fail(`${lease.run}: a lease that was taken over was renewed`);
        if (isHeld) known.until = until;
        return isHeld;
      },
      keepSnapshot: async (run, snapshot) => {
        this.#judgeSnapshot(run, snapshot);
        await inner.keepSnapshot(run, snapshot);
      },
      commit: async (entries) => {
        const outcomes = await inner.commit(entries);
        this.commits += 1;
        for (const [at, entry] of entries.entries()) if (outcomes[at] === "done") this.#kept(entry);
        return outcomes;
      },
    };
  }

  of(run: string): Testimony {
    const known = this.runs.get(run);
    if (known === undefined) throw new Error(`no run ${run}`);
    return known;
  }

  fail(what: string): void {
    this.violations.push(what);
  }

  /** Taken from a state that was never let go of, it must say what the journal says. */
  #judgeSnapshot(run: string, { seq, body }: Snapshot): void {
    const { events, state } = this.of(run);
    this.snapshots += 1;
    const found =
      seq > events.length
        ? "it knows of events that are not on disk"
        : difference(thaw(state.plan, JSON.parse(body)), fold(state.plan, events.slice(0, seq)));
    if (found !== undefined) this.fail(`${run}: the snapshot at ${seq} is wrong: ${found}`);
  }

  #opened(run: string, plan: Plan, events: readonly Event[]): void {
    const state = fold(plan, events);
    this.runs.set(run, { events: [...events], state, epoch: 0, until: 0, done: new Set(), undone: new Set() });
  }

  #leased(run: string, epoch: number, until: number, headSeq: number): void {
    const known = this.of(run);
    if (epoch <= known.epoch) this.fail(`${run}: lease ${epoch} was given out after lease ${known.epoch}`);
    if (headSeq !== known.events.length)
      this.fail(`${run}: a lease at ${headSeq}, the journal is at ${known.events.length}`);
    known.epoch = epoch;
    known.until = until;
  }

  #kept(entry: CommitEntry): void {
    const known = this.of(entry.run);
    if (entry.epoch !== known.epoch) {
      this.fail(`${entry.run}: an append of lease ${entry.epoch} was kept, lease ${known.epoch} holds`);
    }
    if (entry.expectedSeq !== known.events.length) {
      this.fail(`${entry.run}: an append behind ${entry.expectedSeq} was kept at ${known.events.length}`);
    }
    known.until = entry.leaseUntil;
    for (const message of entry.consumed) this.consumed.add(message);
    for (const event of entry.events) this.#happened(entry.run, known, event);
  }

  #happened(run: string, known: Testimony, event: Event): void {
    try {
      apply(known.state, event);
    } catch (error) {
      this.fail(`${run}: illegal journal: ${(error as Error).message}`);
    }
    known.events.push(event);
    if (event.type === "stageEnded" && !NOT_WORK.has(event.outcome)) {
      if (known.done.has(event.stage)) this.fail(`${run}: ${event.stage} did its work twice`);
      known.done.add(event.stage);
    }
    if (event.type === "compensated") {
      if (known.undone.has(event.stage)) this.fail(`${run}: ${event.stage} was undone twice`);
      if (!known.done.has(event.stage)) this.fail(`${run}: ${event.stage} was undone and had done nothing`);
      known.undone.add(event.stage);
    }
  }
}
