import type { Command } from "../core/command.js";
import { type Failure, StageError } from "../core/errors.js";
import type { Event, StagePath, Usage } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { limitText } from "../core/limit.js";
import { payloadBytes } from "../core/payload.js";
import { LIMITS } from "../core/plan.js";
import { priorityOf } from "../core/scope.js";
import type { RunState, StageState } from "../core/state.js";
import type { Rate, StageResult, Tool } from "../plugin/api.js";
import { type InFlight, pureContext, stageContext } from "./attempt.js";
import type { AttemptEnd } from "./away/news.js";
import { throughCache } from "./cache.js";
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

/** Performs attempts of one run: everything between an effect's input and how it ended. */
export class Performing {
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #mask: Mask;
  readonly #state: RunState;
  readonly #hooks: PerformingHooks;

  constructor(host: Host, slots: Slots, turns: Turns, mask: Mask, state: RunState, hooks: PerformingHooks) {
    this.#host = host;
    this.#slots = slots;
    this.#turns = turns;
    this.#mask = mask;
    this.#state = state;
    this.#hooks = hooks;
  }

  /** Nothing that is thrown gets out: it becomes the attempt's failure. */
  async attempt(command: Perform, flight: InFlight): Promise<AttemptEnd> {
    const host = this.#host;
    try {
      const type = typeOf(host.registry, command.uses);
      checkInput(type, command.input, host.validate);
      const now = command.started.at;
      const { workflow } = flight.stage.scope.frame;
      const check = (result: StageResult) =>
        flight.isUndo ? result : checkOutput(type, flight.stage.plan, workflow, result, host.validate);
      const work = async () => {
        const checked = check(await this.#call(type, command, flight, now));
        return this.#mask.json(checked as unknown as Json) as unknown as StageResult;
      };
      const { cache } = command;
      return { result: await (cache === undefined ? work() : throughCache(host, this.#state.id, cache, check, work)) };
    } catch (thrown) {
      const failure = toFailure(flight.stopped ?? thrown);
      return { failure: this.#mask.json(failure as unknown as Json) as unknown as Failure };
    }
  }

  #call(type: ReturnType<typeof typeOf>, command: Perform, flight: InFlight, now: number) {
    switch (type.kind) {
      case "effect": {
        const services = {
          host: this.#host,
          mask: this.#mask,
          record: (...given: [InFlight, string, Json, Usage | undefined]) => this.#recordStep(...given),
          takeTokens: (...given: [InFlight, string, readonly Rate[]]) => this.#takeTokens(...given),
          tool: ({ stage }: InFlight, workflow: string) => this.#hooks.tool(stage, workflow),
          atHost: <T>(...given: [InFlight, string, () => Promise<T>]) => this.#atHost(...given),
          progress: ({ stage }: InFlight, message: string) => this.#hooks.progress(stage.path, message),
        };
        return type.run(command.input, stageContext(this.#state, flight, command.idempotencyKey, now, services));
      }
      case "pure":
        return type.run(command.input, pureContext(this.#state, flight.stage, now));
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

  #takeTokens({ stage, attempt, signal }: InFlight, key: string, rates: readonly Rate[]): Promise<void> {
    const claims = rates.map((rate) => ({ kind: "token" as const, ...rate }));
    const asker = { run: this.#state.id, stage: `${stage.path}!${key}`, attempt, epoch: null };
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
