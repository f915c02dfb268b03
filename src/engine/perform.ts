import type { CacheUse, Command } from "../core/command.js";
import { type Failure, StageError } from "../core/errors.js";
import type { Event, StagePath, Usage } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { limitText } from "../core/limit.js";
import { payloadBytes } from "../core/payload.js";
import { LIMITS } from "../core/plan.js";
import { priorityOf } from "../core/scope.js";
import type { RunState, StageState } from "../core/state.js";
import type { Rate, StageResult, StageType, Tool } from "../plugin/api.js";
import { type AttemptServices, type InFlight, pureContext } from "./attempt.js";
import { AttemptContext } from "./attempt-context.js";
import type { AttemptEnd } from "./away/news.js";
import { throughCache } from "./cache.js";
import type { DriveParts } from "./drive-parts.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";
import type { Slots } from "./slots.js";
import type { Turns } from "./turns.js";
import { checkInput, checkOutput, toFailure, typeOf } from "./types.js";

export type Perform = Extract<Command, { kind: "perform" }>;

type Step = Extract<Event, { type: "stepRecorded" }>;

export interface PerformingHooks {
  /** Resolves when the sub-step is on disk. */
  keep(flight: InFlight, step: Step): Promise<void>;
  progress(stage: StagePath, message: string): void;
  /** A slot may be free though nothing ended. */
  lent(): void;
  /** A workflow as a tool. */
  tool(stage: StageState, workflow: string): Tool;
  /** Starts a run of its own, the same one however often it is asked to, and gives its id. */
  spawn(stage: StageState, inputs: JsonObject): Promise<string>;
}

/** What attempts of one run are performed with. */
export interface PerformingParts extends Pick<DriveParts, "host" | "turns" | "mask" | "outward" | "state"> {
  readonly slots: Slots;
  /** Of the lease that it performs under; null: under none. */
  readonly epoch: number | null;
}

/** Performs attempts of one run: everything between an effect's input and how it ended. */
export class Performing {
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #mask: Mask;
  readonly #state: RunState;
  readonly #epoch: number | null;
  readonly #hooks: PerformingHooks;
  readonly #services: AttemptServices;

  constructor({ host, slots, turns, mask, outward, state, epoch }: PerformingParts, hooks: PerformingHooks) {
    this.#host = host;
    this.#slots = slots;
    this.#turns = turns;
    this.#mask = mask;
    this.#state = state;
    this.#epoch = epoch;
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

  /** Nothing that is thrown gets out: it becomes the attempt's failure. */
  async attempt(command: Perform, flight: InFlight): Promise<AttemptEnd> {
    const host = this.#host;
    try {
      const type = typeOf(host.registry, command.uses);
      checkInput(type, command.input, host.validate);
      const { cache } = command;
      if (cache !== undefined) return { result: await this.#throughCache(type, cache, command, flight) };
      return { result: this.#masked(this.#check(type, flight, await this.#call(type, command, flight))) };
    } catch (thrown) {
      return { failure: this.#masked(toFailure(flight.stopped ?? thrown)) };
    }
  }

  #throughCache(type: StageType, cache: CacheUse, command: Perform, flight: InFlight): Promise<StageResult> {
    const check = (result: StageResult) => this.#check(type, flight, result);
    const work = async () => this.#masked(check(await this.#call(type, command, flight)));
    return throughCache(this.#host, this.#state.id, cache, check, work);
  }

  #check(type: StageType, { stage, isUndo }: InFlight, result: StageResult): StageResult {
    if (isUndo) return result;
    return checkOutput(type, stage.plan, stage.scope.frame.workflow, result, this.#host.validate);
  }

  #masked<T extends StageResult | Failure>(value: T): T {
    return this.#mask.json(value as unknown as Json) as unknown as T;
  }

  #call(type: StageType, command: Perform, flight: InFlight) {
    const state = this.#state;
    const now = command.started.at;
    switch (type.kind) {
      case "effect":
        return type.run(command.input, new AttemptContext(state, flight, command.idempotencyKey, now, this.#services));
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
    return { run: this.#state.id, stage: `${stage.path}!${key}`, attempt };
  }

  #takeTokens(flight: InFlight, key: string, rates: readonly Rate[]): Promise<void> {
    const { stage, signal } = flight;
    const claims = rates.map((rate) => ({ kind: "token" as const, ...rate }));
    const asker = { ...this.#taker(flight, key), epoch: this.#epoch, outlasts: true };
    return this.#turns.take({ ...asker, priority: priorityOf(stage), claims }, signal, (wait) =>
      this.#hooks.progress(stage.path, `waits for ${limitText(wait)}`),
    );
  }

  #atHost<T>(flight: InFlight, url: string, request: () => Promise<T>): Promise<T> {
    const told = (text: string) => {
      this.#hooks.progress(flight.stage.path, text);
      // Its slot may be another's meanwhile.
      queueMicrotask(() => this.#hooks.lent());
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
    const step: Step = { type: "stepRecorded", at, stage: flight.stage.path, key, value };
    await this.#hooks.keep(flight, usage === undefined ? step : { ...step, usage });
  }
}
