import type { InFlight } from "../attempt.js";
import { Definitions } from "../definitions.js";
import { Detached, type Runner } from "../detached.js";
import { discreet, handedOver } from "../hand-over.js";
import { type Mask, maskFor } from "../mask.js";
import { Performing } from "../perform.js";
import { definitionOf, secretsOf } from "../pinned.js";
import type { Host } from "../ports.js";
import { redactionsOf } from "../redacted-run.js";
import { Slots } from "../slots.js";
import { Turns } from "../turns.js";
import { Follower } from "./follower.js";
import type { AttemptNews, Order } from "./news.js";

/** Runs whose journals it has in mind: those it worked for last. */
const FOLLOWED = 64;
/** How often a store that does not take an attempt's end is asked again: milliseconds. */
const AGAIN_MS = 500;

/** Performs single attempts of runs that are driven elsewhere, and tells them by their inboxes what came of it. */
export class Performer {
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #detached: Detached;
  readonly #definitions: Definitions;
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** The one asked for last at the end. */
  readonly #followers = new Map<string, Follower>();

  /** @param runner starts the runs that stages start, and has them driven */
  constructor(host: Host, runner: Runner) {
    this.#host = host;
    this.#slots = new Slots(host.concurrency, host.hosts);
    this.#turns = new Turns(host);
    this.#detached = new Detached(host, runner, true);
    this.#definitions = new Definitions(host.store);
  }

  /** Is this attempt under way here? */
  has(order: Order): boolean {
    return this.#underWay.has(keyOf(order));
  }

  /**
   * Resolves when the run has been told how the attempt ended, or when it counts no more: does it need a turn for that? Not
   * if another that ended before still lies unread, for whoever told of that one asks for a turn, and it takes in both.
   */
  perform(order: Order): Promise<boolean> {
    const key = keyOf(order);
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    const done = this.#perform(order).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, done);
    return done;
  }

  /** Nobody knows how this attempt ended. */
  lost(order: Order): Promise<void> {
    return this.#tell(order, { kind: "lost" });
  }

  async #perform(order: Order): Promise<boolean> {
    const follower = await this.#follow(order.run);
    const secrets = await secretsOf(this.#host.secrets, follower.definition.plan);
    await follower.catchUp(secrets);
    const boarded = follower.board(order, secrets);
    if (boarded === undefined) return false;
    const { command, flight } = boarded;
    try {
      const performing = this.#performing(follower, order, maskFor(Object.values(secrets)));
      const work = async () => {
        const end = await performing.attempt(command, flight);
        if (flight.stopped === undefined) await this.#tellEnd(order, { kind: "ended", end }, flight);
      };
      await this.#slots.queue(work, flight.signal);
      return await this.#isFirstUnread(order);
    } finally {
      follower.leave(flight);
    }
  }

  /** Asked after it was told: a turn that took in only those before it looks once more, and finds it. */
  async #isFirstUnread(order: Order): Promise<boolean> {
    const unread = await this.#host.store.inbox(order.run);
    const ends = unread.flatMap(({ body }) => (body.type === "attempt" && body.news.kind !== "step" ? [body] : []));
    const [first] = ends;
    return first !== undefined && keyOf({ ...first, run: order.run }) === keyOf(order);
  }

  /** The run as it is known here from attempts before, or from its journal alone. */
  async #follow(run: string): Promise<Follower> {
    const { store } = this.#host;
    const definition = await definitionOf(store, this.#definitions, run);
    const known = this.#followers.get(run);
    this.#followers.delete(run);
    const isFit = known !== undefined && !known.isStale && known.definition.hash === definition.hash;
    const redactions = isFit ? undefined : await redactionsOf(store, definition.plan, run);
    // Meanwhile another attempt of this run may have asked.
    const follower = isFit
      ? known
      : (this.#followers.get(run) ?? new Follower(this.#host, run, definition, redactions));
    this.#followers.set(run, follower);
    for (const oldest of this.#followers.keys()) {
      if (this.#followers.size <= FOLLOWED) break;
      this.#followers.delete(oldest);
    }
    return follower;
  }

  #performing(follower: Follower, order: Order, mask: Mask): Performing {
    const { state, redactions } = follower;
    const outward = redactions?.mask(mask) ?? mask;
    const parts = {
      ...{ host: this.#host, slots: this.#slots, turns: this.#turns, epoch: null },
      ...{ mask, outward, state, redactions },
    };
    return new Performing(parts, {
      keep: async (flight, step) => {
        const { key, value, usage } = step;
        await this.#tell(order, { kind: "step", key, value, ...(usage !== undefined && { usage }) });
        follower.told(flight, step);
      },
      progress() {},
      lent() {},
      tool: (of, workflow) => discreet(parts, workflow, this.#detached.tool(state, of, workflow)),
      spawn: (of, inputs) => this.#detached.spawn(state, of, handedOver(parts, of.plan.calls, inputs), { patience: 0 }),
    });
  }

  /** The effect is done and nobody else can know: it is told however long the store is away. */
  async #tellEnd(order: Order, news: AttemptNews["news"], flight: InFlight): Promise<void> {
    const { clock, log } = this.#host;
    while (flight.stopped === undefined) {
      try {
        return await this.#tell(order, news);
      } catch (error) {
        log.warn(`the end of ${order.stage} cannot be told: ${(error as Error).message}`, { run: order.run });
        await new Promise<void>((resolve) => void clock.at(clock.now() + AGAIN_MS, resolve));
      }
    }
  }

  async #tell({ run, ...attempt }: Order, news: AttemptNews["news"]): Promise<void> {
    await this.#host.store.post(run, { type: "attempt", ...attempt, news }, this.#host.clock.now());
  }
}

/** Names an attempt among all runs. */
export function keyOf({ run, stage, attempt, isUndo }: Order): string {
  return `${run}/${stage}/${isUndo ? "undo" : "do"}/${attempt}`;
}
