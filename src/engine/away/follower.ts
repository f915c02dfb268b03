import { apply, fold } from "../../core/apply.js";
import { bug } from "../../core/errors.js";
import type { Context } from "../../core/evaluate.js";
import type { Event, StagePath } from "../../core/event.js";
import type { JsonObject } from "../../core/json.js";
import { start } from "../../core/start.js";
import type { RunState } from "../../core/state.js";
import { nextUndo } from "../../core/undo.js";
import { InFlight } from "../attempt.js";
import { movesOn } from "../effects.js";
import type { Perform } from "../perform.js";
import type { Host, StoredDefinition } from "../ports.js";
import type { Redactions } from "../redact.js";
import { stageUnderWay } from "./arrivals.js";
import type { Order } from "./news.js";

/** How often it is looked whether what is under way here still counts: milliseconds. */
const LOOK_MS = 250;

type Step = Extract<Event, { type: "stepRecorded" }>;
type Begin = Extract<Event, { type: "stageStarted" | "compensationStarted" }>;

/** An attempt that is to be performed here. */
export interface Boarded {
  readonly command: Perform;
  readonly flight: InFlight;
}

/**
 * A run as those know it who perform its attempts: its journal, read once from the beginning and then followed. What an
 * attempt is given is evaluated as the run was when it began; secrets are in it, so it is kept and sent nowhere.
 */
export class Follower {
  readonly run: string;
  readonly definition: StoredDefinition;
  readonly redactions: Redactions | undefined;
  readonly #host: Host;
  readonly #flights = new Set<InFlight>();
  /** What the attempts under way were given. */
  readonly #commands = new Map<StagePath, Perform>();
  /** Steps the run was told of that have not come back by its journal. */
  readonly #told = new Map<StagePath, Set<string>>();
  #state: RunState | undefined;
  #head = 0;
  #reading: Promise<void> = Promise.resolve();
  /** A reading that has not begun: whoever asks meanwhile is served by it too. */
  #next: Promise<void> | undefined;
  #stopWatching: (() => void) | undefined;
  #isStale = false;

  constructor(host: Host, run: string, definition: StoredDefinition, redactions: Redactions | undefined) {
    this.#host = host;
    this.run = run;
    this.definition = definition;
    this.redactions = redactions;
  }

  /** Valid once it has caught up. */
  get state(): RunState {
    if (this.#state === undefined) throw bug(`the journal of run ${this.run} has not been read`);
    return this.#state;
  }

  /** It holds what the journal will never say, or the run is over: whoever needs the run again reads it anew. */
  get isStale(): boolean {
    return this.#isStale || this.#state?.phase === "ended";
  }

  /** Takes in what the journal has now; one reading at a time. */
  catchUp(secrets: JsonObject): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const read = this.#reading.then(() => {
      this.#next = undefined;
      return this.#read(secrets);
    });
    this.#next = read;
    this.#reading = read.catch(() => {});
    return read;
  }

  async #read(secrets: JsonObject): Promise<void> {
    const recorded = await this.#host.store.readEvents(this.run, this.#head);
    const begins = underWayAfter(recorded.map(({ event }) => event));
    for (const { seq, event: kept } of recorded) {
      const event = this.redactions?.open(kept) ?? kept;
      if (begins.has(kept)) this.#given(event as Begin, secrets);
      if (this.#state === undefined) this.#state = fold(this.definition.plan, [event]);
      else apply(this.#state, event);
      this.#head = seq;
      this.#notice(event);
    }
  }

  #given(begun: Begin, secrets: JsonObject): void {
    const { state } = this;
    const { stage: path, type, at } = begun;
    const context: Context = { now: at, validate: this.#host.validate, secrets, admitted: new Set([path]) };
    const stage = state.stages.get(path);
    const isUndo = type === "compensationStarted";
    const command = isUndo ? nextUndo(state, context, 1) : stage && start(state, stage, context);
    if (command?.kind === "perform") this.#commands.set(path, command);
  }

  #notice(event: Event): void {
    if (event.type === "stepRecorded") this.#told.get(event.stage)?.delete(event.key);
    const path = movesOn(event);
    if (path === undefined) return;
    this.#commands.delete(path);
    if ((this.#told.get(path)?.size ?? 0) > 0) this.#isStale = true;
    this.#told.delete(path);
    // Its run has moved on without it.
    for (const flight of this.#flights) if (flight.stage.path === path) flight.stop("the stage was stopped");
  }

  /** Undefined: the attempt no longer counts. While it is under way, it hears when that is so. */
  board(order: Order, secrets: JsonObject): Boarded | undefined {
    const stage = stageUnderWay(this.state, order);
    if (stage === undefined) return undefined;
    const command = this.#commands.get(order.stage);
    if (command === undefined || command.attempt !== order.attempt) {
      throw bug(`run ${this.run} has begun ${order.stage}, and would not begin it again`);
    }
    const flight = new InFlight(stage, order.attempt, order.isUndo);
    this.#flights.add(flight);
    this.#stopWatching ??= this.#host.clock.every(LOOK_MS, this.#watch(secrets));
    return { command, flight };
  }

  leave(flight: InFlight): void {
    this.#flights.delete(flight);
    if (this.#flights.size > 0) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** The run was told of this step: an attempt must not do it again before its journal says so. */
  told(flight: InFlight, step: Step): void {
    if (flight.stopped !== undefined || flight.stage.status !== "running") return;
    apply(this.state, step);
    const keys = this.#told.get(step.stage) ?? new Set();
    this.#told.set(step.stage, keys.add(step.key));
  }

  #watch(secrets: JsonObject): () => void {
    let isLooking = false;
    return () => {
      if (isLooking) return;
      isLooking = true;
      // A store that is away now is asked again.
      this.catchUp(secrets)
        .catch(() => {})
        .finally(() => {
          isLooking = false;
        });
    };
  }
}

/** Of these events, those that began what none of them ended. */
function underWayAfter(events: readonly Event[]): ReadonlySet<Event> {
  const open = new Map<StagePath, Event>();
  for (const event of events) {
    if (event.type === "stageStarted" || event.type === "compensationStarted") open.set(event.stage, event);
    else {
      const path = movesOn(event);
      if (path !== undefined) open.delete(path);
    }
  }
  return new Set(open.values());
}
