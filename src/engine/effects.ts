import type { Event, StagePath } from "../core/event.js";
import { InFlight } from "./attempt.js";
import type { AttemptEnd } from "./away/news.js";
import type { DriveParts } from "./drive-parts.js";
import { type Perform, Performing, type PerformingHooks } from "./perform.js";
import type { Host } from "./ports.js";
import type { Slots } from "./slots.js";
import { toFailure } from "./types.js";
import type { RunWriter } from "./writer.js";

/** How long an effect that was told to stop may hold its slot: milliseconds. */
const DEAF_MS = 30_000;

export interface EffectsHooks extends Omit<PerformingHooks, "keep" | "lent"> {
  /** An attempt that still counts has ended. */
  ended(flight: InFlight, end: AttemptEnd): void;
  /** A slot this run held is free again. */
  released(): void;
}

/** Where the effects of a run go. */
export interface Flights {
  /** Under way here. */
  readonly size: number;
  /** Under way at other processes, which tell of them by messages. */
  readonly elsewhere: number;
  /** How many more may begin now. */
  readonly free: number;
  /** Records the start, and has the effect run once that is on disk. */
  perform(command: Perform): void;
  /** An event says the stage moved on: an attempt of it that is under way counts no more. */
  notice(event: Event): void;
  /** Tells everything that is under way here to stop; results are dropped. */
  abortAll(reason: string): void;
}

/** The stage whose attempt, if one is under way, is over with this event. */
export function movesOn(event: Event): StagePath | undefined {
  const { type } = event;
  if (type === "stageStarted" || type === "stepRecorded" || type === "compensationStarted") return undefined;
  return "stage" in event ? event.stage : undefined;
}

type Parts = Pick<DriveParts, "host" | "turns" | "mask" | "outward"> & { readonly slots: Slots };

/** The effects of one run that are under way in this process. */
export class Effects implements Flights {
  readonly elsewhere = 0;
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #performing: Performing;
  readonly #writer: RunWriter;
  readonly #hooks: EffectsHooks;
  readonly #flights = new Map<StagePath, InFlight>();
  /** Effects still running though their stage has moved on, with how to call off the end of their grace. */
  readonly #abandoned = new Map<InFlight, () => void>();
  /** Abandoned ones whose grace is over. */
  readonly #deaf = new Set<InFlight>();

  constructor({ host, slots, turns, mask, outward }: Parts, writer: RunWriter, hooks: EffectsHooks) {
    this.#host = host;
    this.#slots = slots;
    this.#writer = writer;
    this.#hooks = hooks;
    this.#performing = new Performing(
      { host, slots, turns, mask, outward, state: writer.state, epoch: writer.holder.epoch },
      {
        ...hooks,
        lent: hooks.released,
        keep: (flight, step) => {
          this.#writer.record([step]);
          return new Promise((resolve, reject) => {
            this.#writer.afterDurable((isKept) => (isKept ? resolve() : reject(flight.stopped)));
          });
        },
      },
    );
  }

  get size(): number {
    return this.#flights.size;
  }

  get free(): number {
    return this.#slots.free;
  }

  perform(command: Perform): void {
    const { stage, attempt, isUndo } = command;
    const flight = new InFlight(stage, attempt, isUndo);
    this.#flights.set(stage.path, flight);
    this.#writer.record([command.started]);
    void this.#slots.run(() => this.#attempt(command, flight)).then((end) => this.#ended(flight, end));
  }

  /** What is still under way of a stage that moved on is told to stop, and its result dropped. */
  notice(event: Event): void {
    if (this.#flights.size === 0) return;
    const path = movesOn(event);
    const flight = path === undefined ? undefined : this.#flights.get(path);
    if (path === undefined || flight === undefined) return;
    this.#flights.delete(path);
    this.#abandon(flight, "the stage was stopped");
  }

  abortAll(reason: string): void {
    const flights = [...this.#flights.values()];
    this.#flights.clear();
    for (const flight of flights) this.#abandon(flight, reason);
  }

  /** Its result is dropped; one that does not end though it was told to gives its slot back after a grace. */
  #abandon(flight: InFlight, reason: string): void {
    const { clock, log } = this.#host;
    flight.stop(reason);
    const giveUp = () => {
      const { path } = flight.stage;
      log.warn(`${path} goes on ${DEAF_MS / 1000} s after it was told to stop: it no longer counts as running`);
      this.#deaf.add(flight);
      this.#slots.lend();
      this.#hooks.released();
    };
    this.#abandoned.set(flight, clock.at(clock.now() + DEAF_MS, giveUp));
  }

  /** Begins once its start is on disk. */
  async #attempt(command: Perform, flight: InFlight): Promise<AttemptEnd> {
    await new Promise((resolve) => this.#writer.afterDurable(resolve));
    const end = flight.stopped
      ? { failure: toFailure(flight.stopped) }
      : await this.#performing.attempt(command, flight);
    if (flight.stopped !== undefined) this.#heardOf(flight);
    return end;
  }

  /** One that was told to stop has ended. */
  #heardOf(flight: InFlight): void {
    this.#abandoned.get(flight)?.();
    this.#abandoned.delete(flight);
    if (this.#deaf.delete(flight)) this.#slots.returned();
  }

  #ended(flight: InFlight, end: AttemptEnd): void {
    const isCurrent = this.#flights.get(flight.stage.path) === flight;
    if (isCurrent) {
      this.#flights.delete(flight.stage.path);
      this.#hooks.ended(flight, end);
    }
    this.#slots.freed();
    this.#hooks.released();
  }
}
