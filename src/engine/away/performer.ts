import { apply, fold } from "../../core/apply.js";
import { bug } from "../../core/errors.js";
import type { Context } from "../../core/evaluate.js";
import type { Event } from "../../core/event.js";
import type { Plan } from "../../core/plan.js";
import { start } from "../../core/start.js";
import type { RunState } from "../../core/state.js";
import { nextUndo } from "../../core/undo.js";
import { InFlight } from "../attempt.js";
import { Definitions } from "../definitions.js";
import { Detached, type Runner } from "../detached.js";
import { movesOn } from "../effects.js";
import { discreet, handedOver } from "../hand-over.js";
import { maskFor } from "../mask.js";
import { type Perform, Performing } from "../perform.js";
import { definitionOf, secretsOf } from "../pinned.js";
import type { Host } from "../ports.js";
import { redactionsOf } from "../redacted-run.js";
import { Slots } from "../slots.js";
import { Turns } from "../turns.js";
import { stageUnderWay } from "./arrivals.js";
import type { AttemptNews, Order } from "./news.js";

/** How often it is looked whether what is under way here still counts: milliseconds. */
const LOOK_MS = 250;
/** How often a store that does not take an attempt's end is asked again: milliseconds. */
const AGAIN_MS = 500;

/** Performs single attempts of runs that are driven elsewhere, and tells them by their inboxes what came of it. */
export class Performer {
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #detached: Detached;
  readonly #definitions: Definitions;
  readonly #underWay = new Map<string, Promise<void>>();

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

  /** Resolves when the run has been told how the attempt ended, or when it counts no more. */
  perform(order: Order): Promise<void> {
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

  async #perform(order: Order): Promise<void> {
    const { store, secrets: known, validate } = this.#host;
    const { plan } = await definitionOf(store, this.#definitions, order.run);
    const recorded = await store.readEvents(order.run);
    const secrets = await secretsOf(known, plan);
    const redactions = await redactionsOf(store, plan, order.run);
    const events = recorded.map(({ event }) => redactions?.open(event) ?? event);
    const command = commandOf(plan, events, order, { validate, secrets });
    const state = fold(plan, events);
    const stage = stageUnderWay(state, order);
    if (command === undefined || stage === undefined) return;
    const flight = new InFlight(stage, order.attempt, order.isUndo);
    const stopWatching = this.#watch(order, flight, recorded.length);
    const mask = maskFor(Object.values(secrets));
    const outward = redactions?.mask(mask) ?? mask;
    const parts = {
      host: this.#host,
      slots: this.#slots,
      turns: this.#turns,
      mask,
      outward,
      state,
      redactions,
      epoch: null,
    };
    const performing = new Performing(parts, {
      keep: async (_, step) => {
        const { key, value, usage } = step;
        await this.#tell(order, { kind: "step", key, value, ...(usage !== undefined && { usage }) });
        apply(state, step);
      },
      progress() {},
      lent() {},
      tool: (of, workflow) => discreet(parts, workflow, this.#detached.tool(state, of, workflow)),
      spawn: (of, inputs) => this.#detached.spawn(state, of, handedOver(parts, of.plan.calls, inputs), { patience: 0 }),
    });
    await this.#slots.enter(flight.signal);
    try {
      const end = await performing.attempt(command, flight);
      if (flight.stopped === undefined) await this.#tellEnd(order, { kind: "ended", end }, flight);
    } finally {
      stopWatching();
      this.#slots.release();
    }
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

  /** Its run may have moved on without it: then it is told to stop. */
  #watch(order: Order, flight: InFlight, seen: number): () => void {
    const { store, clock } = this.#host;
    let isLooking = false;
    let after = seen;
    const look = async () => {
      const recorded = await store.readEvents(order.run, after);
      after = recorded.at(-1)?.seq ?? after;
      if (recorded.some(({ event }) => movesOn(event) === order.stage)) flight.stop("the stage was stopped");
    };
    return clock.every(LOOK_MS, () => {
      if (isLooking) return;
      isLooking = true;
      // A store that is away now is asked again.
      look()
        .catch(() => {})
        .finally(() => {
          isLooking = false;
        });
    });
  }
}

/** Names an attempt among all runs. */
export function keyOf({ run, stage, attempt, isUndo }: Order): string {
  return `${run}/${stage}/${isUndo ? "undo" : "do"}/${attempt}`;
}

/**
 * What the attempt was given, evaluated as the run was when it began: secrets are in it, so it is kept and sent nowhere.
 * Undefined: it has not begun.
 */
function commandOf(
  plan: Plan,
  events: readonly Event[],
  { stage: path, attempt, isUndo }: Order,
  parts: Pick<Context, "validate" | "secrets">,
): Perform | undefined {
  const type = isUndo ? "compensationStarted" : "stageStarted";
  const at = events.findLastIndex((event) => event.type === type && event.stage === path && event.attempt === attempt);
  const begun = events[at];
  if (begun === undefined) return undefined;
  const state = fold(plan, events.slice(0, at));
  const context = { ...parts, now: begun.at, admitted: new Set([path]) };
  const command = isUndo ? nextUndo(state, context, 1) : startOf(state, path, context);
  if (command?.kind === "perform") return command;
  throw bug(`run ${state.id} has begun ${path}, and would not begin it again`);
}

function startOf(state: RunState, path: string, context: Context) {
  const stage = state.stages.get(path);
  return stage === undefined ? undefined : start(state, stage, context);
}
