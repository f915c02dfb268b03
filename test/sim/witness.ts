import { apply, fold } from "../../src/core/apply.js";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { thaw } from "../../src/core/snapshot/thaw.js";
import type { RunState } from "../../src/core/state.js";
import type { CommitEntry, Lease, Snapshot, Store } from "../../src/engine/ports.js";
import { difference } from "../support/same-state.js";
import { LimitWitness } from "./limit-witness.js";
import type { Odds } from "./odds.js";
import type { WorldTime } from "./time.js";
import { WordWitness } from "./word-witness.js";

/** What the witness knows of one run, from its own notes and not from the store. */
export interface Testimony {
  readonly events: Event[];
  readonly state: RunState;
  /** Fencing token of the lease given out last, and until when its holder was told it has it. */
  epoch: number;
  until: number;
  /** Holds the lease; null: it was given back. */
  owner: string | null;
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
  readonly limits: LimitWitness;
  readonly words: WordWitness;
  readonly #plans = new Map<string, Plan>();
  commits = 0;
  snapshots = 0;

  constructor(inner: Store, time: WorldTime, { jump, skew, slow }: Odds) {
    const ground = {
      time,
      apart: jump > 0 ? null : 2 * skew,
      isPunctual: slow === 0,
      runs: this.runs,
      of: (run: string) => this.of(run),
      fail: (what: string) => this.fail(what),
    };
    this.limits = new LimitWitness(ground);
    this.words = new WordWitness(ground);
    this.store = {
      ...inner,
      ...this.limits.watch(inner),
      ...this.words.watch(inner),
      putDefinition: (definition) => {
        this.#plans.set(definition.hash, definition.plan);
        return inner.putDefinition(definition);
      },
      createRun: async (run) => {
        const result = await inner.createRun(run);
        if (result.created) this.#opened(run.id, this.#plans.get(run.definition) as Plan, run.events);
        if (result.created) this.words.created(run);
        return result;
      },
      claim: async (run, owner, now, until) => {
        const lease = await inner.claim(run, owner, now, until);
        if (lease !== undefined) this.#leased(lease);
        return lease;
      },
      release: async (lease) => {
        await inner.release(lease);
        const known = this.of(lease.run);
        if (known.epoch === lease.epoch) known.owner = null;
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

  /** How much of what runs share there was to see. */
  get shared() {
    const { places, tokens, waits } = this.limits;
    const { emissions, heard, detached, reminders } = this.words;
    return { places, tokens, waits, emissions, heard: heard.size, detached, reminders };
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
    this.runs.set(run, {
      events: [...events],
      state,
      epoch: 0,
      until: 0,
      owner: null,
      done: new Set(),
      undone: new Set(),
    });
  }

  #leased({ run, epoch, until, headSeq, owner }: Lease): void {
    const known = this.of(run);
    if (epoch <= known.epoch) this.fail(`${run}: lease ${epoch} was given out after lease ${known.epoch}`);
    if (headSeq !== known.events.length)
      this.fail(`${run}: a lease at ${headSeq}, the journal is at ${known.events.length}`);
    known.epoch = epoch;
    known.until = until;
    known.owner = owner;
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
    this.words.happened(run, known, event);
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
