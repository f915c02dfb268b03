import type { LimitAsk, LimitAsker, LimitHolder, LimitStore } from "../../src/engine/ports.js";
import type { WorldTime } from "./time.js";
import type { Testimony } from "./witness.js";

interface Grant {
  readonly run: string;
  readonly group: string;
  readonly epoch: number | null;
}

/** An effect that takes part in a limit, as it is performed. */
export interface Performance {
  readonly run: string;
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly process: { readonly name: string; readonly isDead: boolean };
}

interface Ground {
  readonly time: WorldTime;
  /** Most that two clocks differ; null: without bound. */
  readonly apart: number | null;
  /** Calls reach the store at the time they say. */
  readonly isPunctual: boolean;
  of(run: string): Testimony;
  fail(what: string): void;
}

const UNDER_WAY: ReadonlySet<string> = new Set(["open", "waiting"]);
const OVER = "ended";

/** Counts for itself who holds what of the limits that all runs share. */
export class LimitWitness {
  readonly #ground: Ground;
  readonly #grants = new Map<string, Grant>();
  readonly #tokens: { readonly group: string; readonly taker: string; readonly at: number }[] = [];
  #performances: (Performance & { readonly group: string; readonly epoch: number })[] = [];
  places = 0;
  tokens = 0;
  waits = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  watch(inner: LimitStore): LimitStore {
    return {
      askLimits: async (asks, asker, now) => {
        const answers = await inner.askLimits(asks, asker, now);
        for (const [at, ask] of asks.entries()) {
          if (answers[at] === undefined) this.#granted(ask, asker, now);
          else this.waits += 1;
        }
        return answers;
      },
      settleTokens: (use, now) => inner.settleTokens(use, now),
      leaveLimits: async (holder, stages, now) => {
        await inner.leaveLimits(holder, stages, now);
        if (this.#isBehind(holder)) return;
        for (const stage of stages) this.#givenBack(holder.run, stage);
      },
      keepLimits: async (holder, stages, now) => {
        await inner.keepLimits(holder, stages, now);
        if (this.#isBehind(holder)) return;
        const { run } = holder;
        for (const [key, grant] of this.#grants) {
          const stage = key.slice(run.length + 1);
          if (grant.run === run && !stages.includes(stage)) this.#givenBack(run, stage);
        }
      },
    };
  }

  /** An effect begins: it has its place, and so have no more than may. */
  begins(performance: Performance): void {
    const { run, stage, process } = performance;
    const { epoch, owner, state } = this.#ground.of(run);
    const limit = state.stages.get(stage)?.plan.concurrency;
    // A process that was taken for dead, or that slept, may know less than the store.
    if (limit === undefined || owner !== process.name) return;
    const group = String(limit.group);
    if (this.#grants.get(`${run}/${stage}`)?.epoch !== epoch) {
      this.#ground.fail(`${run}: ${stage} began without a place in ${group}`);
    }
    this.#performances.push({ ...performance, group, epoch });
    const { apart, time } = this.#ground;
    if (apart === null) return;
    this.#performances = this.#performances.filter((one) => {
      const known = this.#ground.of(one.run);
      const isHeld = known.epoch === one.epoch && known.owner === one.process.name && known.until > time.now + apart;
      const isOpen = known.state.stages.get(one.stage)?.status === "open" && known.state.phase !== OVER;
      return !one.process.isDead && !one.signal.aborted && isHeld && isOpen;
    });
    const many = this.#performances.filter((one) => one.group === group).length;
    if (many > limit.limit) this.#ground.fail(`${run}: ${stage} was the ${many}th of ${limit.limit} in ${group}`);
  }

  #granted({ run, stage, attempt, epoch, outlasts, claims }: LimitAsk, asker: LimitAsker, now: number): void {
    for (const claim of claims) {
      if (claim.kind === "token") {
        this.#taken(claim, `${run}/${stage}#${attempt}`, now);
        continue;
      }
      const key = `${run}/${stage}`;
      const before = [...this.#grants].filter(
        ([other, grant]) => other !== key && grant.group === claim.group && this.#counts(grant, asker, now),
      );
      if (before.length >= claim.limit) {
        const holders = before.map(([other]) => other).join(", ");
        this.#ground.fail(`${key} was given a place in ${claim.group} beside ${holders}`);
      }
      this.#grants.set(key, { run, group: claim.group, epoch: outlasts ? null : epoch });
      this.places += 1;
    }
  }

  /** No more than `limit` are asked for in any `per` milliseconds; where clocks differ there is no telling. */
  #taken({ group, limit, per }: { group: string; limit: number; per: number }, taker: string, now: number): void {
    if (this.#tokens.some((token) => token.taker === taker)) return;
    const { apart, isPunctual } = this.#ground;
    const recent = this.#tokens.filter((token) => token.group === group && token.at > now - per);
    if (apart === 0 && isPunctual && recent.length >= limit) {
      this.#ground.fail(`${taker} took a token of ${group}, the ${recent.length + 1}th of ${limit} in ${per} ms`);
    }
    this.#tokens.push({ group, taker, at: now });
    this.tokens += 1;
  }

  #isBehind({ run, epoch }: LimitHolder): boolean {
    return this.#ground.of(run).epoch !== epoch;
  }

  #givenBack(run: string, stage: string): void {
    const grant = this.#grants.get(`${run}/${stage}`);
    const known = this.#ground.of(run);
    const status = known.state.stages.get(stage)?.status ?? "pending";
    const isOurs = grant !== undefined && (grant.epoch === null || grant.epoch === known.epoch);
    if (isOurs && UNDER_WAY.has(status) && known.state.phase !== OVER) {
      this.#ground.fail(`${run}: ${stage} gave its place in ${grant.group} back while it was ${status}`);
    }
    this.#grants.delete(`${run}/${stage}`);
  }

  #counts({ run, epoch }: Grant, asker: LimitAsker, now: number): boolean {
    const known = this.#ground.of(run);
    if (known.state.phase === OVER) return false;
    if (epoch === null) return true;
    return known.epoch === epoch && known.owner !== null && known.until > now && !asker.isDead(known.owner);
  }
}
