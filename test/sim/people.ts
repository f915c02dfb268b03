import { decide } from "../../src/app/people.js";
import type { Actor } from "../../src/core/approval.js";
import { StagecraftError } from "../../src/core/errors.js";
import type { InboxBody } from "../../src/engine/ports.js";
import type { Chance } from "./chance.js";
import type { Witness } from "./witness.js";

const actor = (user: string): Actor => ({ user, roles: ["manager"], groups: [], via: "sim" });

/** What a person was told was done: it must show. */
export interface Acknowledged {
  readonly run: string;
  readonly stage: string;
  readonly outcome: string;
  readonly by: string;
  /** The decision settled the approval. */
  readonly settled: boolean;
}

export class People {
  readonly decisions: Acknowledged[] = [];
  readonly posted: { readonly run: string; readonly id: number }[] = [];
  /** Messages to runs that were over: whoever sent one waits until it was heard. */
  readonly asked: number[] = [];
  readonly #witness: Witness;
  readonly #chance: Chance;

  constructor(witness: Witness, chance: Chance) {
    this.#witness = witness;
    this.#chance = chance;
  }

  /** Somebody does something, whether it fits or not. */
  async meddle(run: string, now: number): Promise<unknown> {
    const deed = this.#chance.next();
    const by = this.#chance.pick(["ann", "bob"]);
    if (deed < 0.4) return this.decideOne(run, now);
    if (deed < 0.55) return this.#post(run, { type: "pause", by }, now);
    if (deed < 0.75) return this.#post(run, { type: "resume", by }, now);
    if (deed < 0.85) return this.#skip(run, by, now);
    if (deed < 0.93) return this.#post(run, { type: "rollback", by }, now);
    return this.#post(run, { type: "cancel", by }, now);
  }

  /** Decides one open approval, if there is any. */
  async decideOne(run: string, now: number): Promise<void> {
    const { store } = this.#witness;
    const open = await store.listApprovals({ run, status: ["open"] });
    if (open.length === 0) return;
    const { id, stage } = this.#chance.pick(open);
    const by = this.#chance.pick(["ann", "bob", "eve"]);
    const outcome = this.#chance.happens(0.7) ? "approved" : "rejected";
    try {
      const row = await decide(store, id, { by: actor(by), outcome }, () => now);
      this.decisions.push({ run, stage, outcome, by, settled: row.status === "decided" });
    } catch (error) {
      // Refused: expired or decided meanwhile, or twice by one person.
      if (!(error instanceof StagecraftError)) throw error;
    }
  }

  /** Of a run that is over: what failed is tried again, or all of it is undone; whether it may be is the engine's to say. */
  async takeUp(run: string, chance: Chance, now: number): Promise<void> {
    const id = await this.#post(run, { type: chance.happens(0.5) ? "retry" : "rollback", by: "ann" }, now);
    if (id !== undefined) this.asked.push(id);
  }

  /** What a person would do about a run that rests. False: nothing can be done. */
  async help(run: string, now: number): Promise<boolean> {
    const { store } = this.#witness;
    const row = await store.getRun(run);
    if (row?.status === "paused") {
      if (this.#chance.happens(0.3)) await this.#skip(run, "ann", now);
      else await this.#post(run, { type: "resume", by: "ann" }, now);
      return true;
    }
    const open = await store.listApprovals({ run, status: ["open"] });
    if (open.length > 0) await this.decideOne(run, now);
    return open.length > 0;
  }

  async #skip(run: string, by: string, now: number): Promise<void> {
    const held = [...this.#witness.of(run).state.stages.values()].filter(({ status }) => status === "held");
    const stage = held.length === 0 ? "s0" : this.#chance.pick(held).path;
    await this.#post(run, { type: "skip", by, stage }, now);
  }

  async #post(run: string, body: InboxBody, now: number): Promise<number | undefined> {
    const { store } = this.#witness;
    await store.post(run, body, now);
    const last = (await store.inbox(run)).at(-1);
    if (last !== undefined) this.posted.push({ run, id: last.id });
    return last?.id;
  }
}
