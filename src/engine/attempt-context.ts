import { StageError } from "../core/errors.js";
import type { Usage } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { priceOfRow, priceRowOf } from "../core/price.js";
import type { RunState, StageState } from "../core/state.js";
import { workflowOfTool } from "../core/tool-name.js";
import type { AgentProvider, Logger, StageContext } from "../plugin/api.js";
import { type AttemptServices, type InFlight, runInfo } from "./attempt.js";
import { taped } from "./cassettes.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";
import { spend } from "./spending.js";

/**
 * What an effect may touch, bound to one attempt. Facts are its own; what it can do is made when it is asked for, each
 * time a function that needs no `this`: most effects ask for little, and this is made for every one.
 */
export class AttemptContext implements StageContext {
  readonly now: number;
  readonly run: StageContext["run"];
  readonly runStartedAt: number;
  readonly agents: StageContext["agents"];
  readonly rulesets: StageContext["rulesets"];
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly #state: RunState;
  readonly #flight: InFlight;
  readonly #services: AttemptServices;

  constructor(state: RunState, flight: InFlight, idempotencyKey: string, now: number, services: AttemptServices) {
    const { stage } = flight;
    const { workflow } = stage.scope.frame;
    this.now = now;
    this.run = runInfo(state, stage);
    this.runStartedAt = state.startedAt;
    this.agents = workflow.agents;
    this.rulesets = workflow.rulesets;
    this.attempt = flight.attempt;
    this.idempotencyKey = idempotencyKey;
    this.#state = state;
    this.#flight = flight;
    this.#services = services;
  }

  get provider(): string | undefined {
    return this.#state.provider ?? undefined;
  }

  get traceparent(): string | undefined {
    const { stage, attempt } = this.#flight;
    return this.#services.host.tracer?.traceparent(this.#state, stage, attempt);
  }

  get signal(): AbortSignal {
    return this.#flight.signal;
  }

  get log(): Logger {
    const { host, outward } = this.#services;
    const { stage, attempt } = this.#flight;
    return maskedLogger(host.log, outward, { run: this.#state.id, stage: stage.path, attempt });
  }

  get record(): StageContext["record"] {
    return (key, step, estimate) => recordStep(this.#state, this.#flight, this.#services, key, step, estimate);
  }

  get atHost(): StageContext["atHost"] {
    return (url, request) => this.#services.atHost(this.#flight, url, request);
  }

  get takeTokens(): StageContext["takeTokens"] {
    return (key, rates) => this.#services.takeTokens(this.#flight, key, rates);
  }

  get settleTokens(): StageContext["settleTokens"] {
    return (key, rates) => this.#services.settleTokens(this.#flight, key, rates);
  }

  get emit(): StageContext["emit"] {
    return (name, data, atLeast) => {
      this.#flight.throwIfStopped();
      const { host, outward } = this.#services;
      return say(host, outward, this.#state, { stage: this.#flight.stage, name, data, atLeast });
    };
  }

  get file(): StageContext["file"] {
    return (path) => this.#services.host.file(path);
  }

  get progress(): StageContext["progress"] {
    return (message) => {
      const { progress, outward } = this.#services;
      // What a stage says on its way to redacted outputs may be what nobody is to see.
      if (this.#flight.stage.plan.redact === undefined) progress(this.#flight, outward.text(message));
    };
  }

  get agreedPrice(): StageContext["agreedPrice"] {
    return (provider, model) => {
      const { prices = [], clock } = this.#services.host;
      const row = priceRowOf(prices, { provider, model, at: clock.now() });
      return row === undefined ? undefined : priceOfRow(row, "project");
    };
  }

  get agentProvider(): StageContext["agentProvider"] {
    const { host, outward } = this.#services;
    return (name) => providerFor(host, this.#flight.stage, name, outward);
  }

  get tool(): StageContext["tool"] {
    return (name) => {
      const workflow = workflowOfTool(name);
      if (workflow !== undefined) return this.#services.tool(this.#flight, workflow);
      return found(this.#services.host.registry.tools.get(name), "unknown-tool", `tool ${name}`);
    };
  }

  get notifier(): StageContext["notifier"] {
    const { notifiers } = this.#services.host.registry;
    return (name) => found(notifiers.get(name), "unknown-notifier", `notifier ${name}`);
  }

  get hasEnv(): StageContext["hasEnv"] {
    return (name) => (this.#services.host.env(name) ?? "") !== "";
  }

  get env(): StageContext["env"] {
    return (name) => this.#services.host.env(name);
  }
}

/** Runs the step, or gives what it came to in an earlier attempt. */
async function recordStep<T extends Json>(
  state: RunState,
  flight: InFlight,
  { host, mask, record }: AttemptServices,
  key: string,
  step: () => Promise<{ value: T; usage?: Usage }>,
  estimate: Usage | undefined,
): Promise<T> {
  const { stage } = flight;
  const known = stage.records?.get(key);
  if (known !== undefined) return known as T;
  flight.throwIfStopped();
  host.tracer?.began(state, stage, key, host.clock.now());
  const done = estimate === undefined ? step() : spend(host, state, flight, key, estimate, step);
  const { value, usage } = await done;
  const kept = mask.json(value);
  await record(flight, key, kept, usage);
  return kept;
}

interface Saying {
  readonly stage: StageState;
  readonly name: string;
  readonly data: Json;
  readonly atLeast: number;
}

/** The same event however often the stage is tried. */
function say(host: Host, mask: Mask, state: RunState, { stage, name, data, atLeast }: Saying): Promise<number> {
  const said = { name: mask.text(name), data: mask.json(data), by: `run ${state.id}`, atLeast };
  const emission = { key: `${state.id}/${stage.path}`, run: state.id, ...said, hops: hopsTo(state) + 1 };
  return host.store.emit(emission, host.clock.now());
}

/** How many runs, each started by what the one before said, led to this one. */
function hopsTo({ trigger }: RunState): number {
  const hops = isObject(trigger) ? trigger["hops"] : 0;
  return typeof hops === "number" ? hops : 0;
}

function found<T>(part: T | undefined, code: string, what: string): T {
  if (part === undefined) throw new StageError(code, `there is no ${what}`);
  return part;
}

/** @throws StageError `unknown-provider`, `cassette-redacted` */
function providerFor({ registry, cassette }: Host, stage: StageState, name: string, outward: Mask): AgentProvider {
  const provider = found(registry.providers.get(name), "unknown-provider", `agent provider ${name}`);
  if (cassette === undefined) return provider;
  if (stage.plan.redact === undefined || cassette.isReplay) return taped(provider, cassette, outward);
  throw new StageError("cassette-redacted", `the answers to ${stage.path} are redacted: they go on no cassette`);
}

function maskedLogger(log: Logger, mask: Mask, fields: JsonObject): Logger {
  const write = (level: keyof Logger) => (message: string, more?: JsonObject) =>
    log[level](mask.text(message), { ...fields, ...mask.json(more) });
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
