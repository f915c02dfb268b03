import type { Command } from "../core/command.js";
import { type Failure, StageError } from "../core/errors.js";
import type { Event, StagePath, Usage } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { limitText } from "../core/limit.js";
import { payloadBytes } from "../core/payload.js";
import { LIMITS } from "../core/plan.js";
import { priorityOf } from "../core/scope.js";
import type { StageState } from "../core/state.js";
import type { Rate, StageResult, StageType, Tool } from "../plugin/api.js";
import { type AttemptServices, InFlight, pureContext, stageContext } from "./attempt.js";
import { throughCache } from "./cache.js";
import type { DriveParts } from "./drive-parts.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";
import type { Slots } from "./slots.js";
import type { Turns } from "./turns.js";
import { checkInput, checkOutput, toFailure, typeOf } from "./types.js";
import type { RunWriter } from "./writer.js";

export type Perform = Extract<Command, { kind: "perform" }>;

/** How long an effect that was told to stop may hold its slot: milliseconds. */
const DEAF_MS = 30_000;

/** How an attempt ended: with what its stage type returned, or how it failed. */
export type AttemptEnd = { readonly result: StageResult } | { readonly failure: Failure };

export interface EffectsHooks {
  /** An attempt that still counts has ended. */
  ended(flight: InFlight, end: AttemptEnd): void;
  /** A slot this run held is free again. */
  released(): void;
  progress(stage: StagePath, message: string): void;
  /** A workflow as a tool. */
  tool(stage: StageState, workflow: string): Tool;
  /** Starts a run of its own, the same one however often it is asked to, and gives its id. */
  spawn(stage: StageState, inputs: JsonObject): Promise<string>;
}

type Parts = Pick<DriveParts, "host" | "slots" | "turns" | "mask" | "outward">;

/** The effects of one run that are under way. */
export class Effects {
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #mask: Mask;
  readonly #writer: RunWriter;
  readonly #hooks: EffectsHooks;
  readonly #services: AttemptServices;
  readonly #flights = new Map<StagePath, InFlight>();
  /** Effects still running though their stage has moved on, with how to call off the end of their grace. */
  readonly #abandoned = new Map<InFlight, () => void>();
  /** Abandoned ones whose grace is over. */
  readonly #deaf = new Set<InFlight>();

  constructor({ host, slots, turns, mask, outward }: Parts, writer: RunWriter, hooks: EffectsHooks) {
    this.#host = host;
    this.#slots = slots;
    this.#turns = turns;
    this.#mask = mask;
    this.#writer = writer;
    this.#hooks = hooks;
    this.#services = {
      host,
      mask,
      outward,
      record: (flight, key, value, usage) => this.#recordStep(flight, key, value, usage),
      takeTokens: (flight, key, rates) => this.#takeTokens(flight, key, rates),
      settleTokens: (flight, key, rates) => this.#settleTokens(flight, key, rates),
      tool: ({ stage }, workflow) => hooks.tool(stage, workflow),
      atHost: (flight, url, request) => this.#atHost(flight, url, request),
      progress: ({ stage }, message) => hooks.progress(stage.path, message),
    };
  }

  get size(): number {
    return this.#flights.size;
  }

  /** In flight, aborted ones that have not answered yet included. */
  get running(): number {
    return this.#flights.size + this.#abandoned.size;
  }

  /** Records the start, and runs the effect once that is on disk. */
  perform(command: Perform): void {
    const { stage, attempt, isUndo } = command;
    const flight = new InFlight(stage, attempt, isUndo);
    this.#flights.set(stage.path, flight);
    this.#slots.take();
    this.#writer.record([command.started]);
    this.#writer.afterDurable(() => void this.#run(command, flight));
  }

  /** An event says the stage moved on: an attempt of it that is still under way is told to stop, and its result dropped. */
  notice(event: Event): void {
    if (!("stage" in event) || event.stage === undefined) return;
    if (event.type === "stageStarted" || event.type === "stepRecorded" || event.type === "compensationStarted") return;
    const flight = this.#flights.get(event.stage);
    if (flight === undefined) return;
    this.#flights.delete(event.stage);
    this.#abandon(flight, "the stage was stopped");
  }

  /** Tells everything to stop; results are dropped. */
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
      this.#slots.giveUp();
      this.#hooks.released();
    };
    this.#abandoned.set(flight, clock.at(clock.now() + DEAF_MS, giveUp));
  }

  async #run(command: Perform, flight: InFlight): Promise<void> {
    const end = flight.stopped
      ? { failure: toFailure(flight.stopped) }
      : await this.#slots.run(() => this.#attempt(command, flight));
    const isCurrent = this.#flights.get(flight.stage.path) === flight;
    if (isCurrent) {
      this.#flights.delete(flight.stage.path);
      this.#hooks.ended(flight, end);
    }
    this.#abandoned.get(flight)?.();
    this.#abandoned.delete(flight);
    if (this.#deaf.delete(flight)) return this.#slots.returned();
    this.#slots.release();
    this.#hooks.released();
  }

  async #attempt(command: Perform, flight: InFlight): Promise<AttemptEnd> {
    const host = this.#host;
    try {
      const type = typeOf(host.registry, command.uses);
      checkInput(type, command.input, host.validate);
      const check = (result: StageResult) => this.#check(type, flight, result);
      const { cache } = command;
      if (cache === undefined) return { result: this.#masked(check(await this.#call(type, command, flight))) };
      const work = async () => this.#masked(check(await this.#call(type, command, flight)));
      return { result: await throughCache(host, this.#writer.state.id, cache, check, work) };
    } catch (thrown) {
      return { failure: this.#masked(toFailure(flight.stopped ?? thrown)) };
    }
  }

  #check(type: StageType, { stage, isUndo }: InFlight, result: StageResult): StageResult {
    if (isUndo) return result;
    return checkOutput(type, stage.plan, stage.scope.frame.workflow, result, this.#host.validate);
  }

  #masked<T extends StageResult | Failure>(value: T): T {
    return this.#mask.json(value as unknown as Json) as unknown as T;
  }

  #call(type: StageType, command: Perform, flight: InFlight) {
    const { state } = this.#writer;
    const now = command.started.at;
    switch (type.kind) {
      case "effect":
        return type.run(command.input, stageContext(state, flight, command.idempotencyKey, now, this.#services));
      case "pure":
        return type.run(command.input, pureContext(state, flight.stage, now));
      case "workflow":
        return this.#detach(command, flight);
      default:
        throw new StageError("unusable-stage-type", `${type.name} cannot be run here: it is of kind ${type.kind}`);
    }
  }

  async #detach({ input }: Perform, { stage }: InFlight): Promise<StageResult> {
    const inputs = isObject(input["inputs"]) ? input["inputs"] : {};
    return { outputs: { runId: await this.#hooks.spawn(stage, inputs), workflow: stage.plan.calls ?? "" } };
  }

  #settleTokens(flight: InFlight, key: string, rates: readonly Rate[]): Promise<void> {
    return this.#turns.settle({ ...this.#taker(flight, key), costs: rates });
  }

  /** Each taking of an attempt is one of its own. */
  #taker({ stage, attempt }: InFlight, key: string) {
    return { run: this.#writer.state.id, stage: `${stage.path}!${key}`, attempt };
  }

  #takeTokens(flight: InFlight, key: string, rates: readonly Rate[]): Promise<void> {
    const { stage, signal } = flight;
    const claims = rates.map((rate) => ({ kind: "token" as const, ...rate }));
    const asker = { ...this.#taker(flight, key), epoch: this.#writer.holder.epoch, outlasts: true };
    return this.#turns.take({ ...asker, priority: priorityOf(stage), claims }, signal, (wait) =>
      this.#hooks.progress(stage.path, `waits for ${limitText(wait)}`),
    );
  }

  #atHost<T>(flight: InFlight, url: string, request: () => Promise<T>): Promise<T> {
    const told = (text: string) => {
      this.#hooks.progress(flight.stage.path, text);
      // Its slot may be another's meanwhile.
      queueMicrotask(() => this.#hooks.released());
    };
    return this.#slots.hosts.within(flight, url, told, request);
  }

  /** A result that arrives after its attempt was stopped belongs to nobody. */
  async #recordStep(flight: InFlight, key: string, value: Json, usage: Usage | undefined): Promise<void> {
    flight.throwIfStopped();
    if (payloadBytes(value) > LIMITS.payloadBytes) {
      throw new StageError("payload-too-large", `the step ${key} is larger than ${LIMITS.payloadBytes} bytes`);
    }
    if (flight.isUndo) return;
    const at = this.#host.clock.now();
    const step = { type: "stepRecorded" as const, at, stage: flight.stage.path, key, value };
    this.#writer.record([usage === undefined ? step : { ...step, usage }]);
    return new Promise((resolve, reject) => {
      this.#writer.afterDurable((isKept) => (isKept ? resolve() : reject(flight.stopped)));
    });
  }
}
