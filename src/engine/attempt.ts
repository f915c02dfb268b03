import { StageError } from "../core/errors.js";
import type { Usage } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { priceOfRow, priceRowOf } from "../core/price.js";
import type { RunState, StageState } from "../core/state.js";
import { workflowOfTool } from "../core/tool-name.js";
import type { AgentProvider, Logger, PureContext, Rate, StageContext, Tool } from "../plugin/api.js";
import { taped } from "./cassettes.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";
import { spend } from "./spending.js";

/** One effect under way. Whoever stops it also takes it off the list, so its result is dropped. */
export class InFlight {
  readonly stage: StageState;
  readonly attempt: number;
  readonly isUndo: boolean;
  /** Requests under way to hosts with a limit, and whether its slot is lent while it waits for one. */
  requests = 0;
  isLent = false;
  /** Made when first asked for: most effects that end at once never do, and making one is dear. */
  #controller: AbortController | undefined;
  #stopped: StageError | undefined;

  constructor(stage: StageState, attempt: number, isUndo: boolean) {
    this.stage = stage;
    this.attempt = attempt;
    this.isUndo = isUndo;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopped !== undefined) this.#controller.abort(this.#stopped);
    return this.#controller.signal;
  }

  /** Why it was told to stop, if it was. */
  get stopped(): StageError | undefined {
    return this.#stopped;
  }

  stop(reason: string): void {
    this.#stopped ??= new StageError("cancelled", reason);
    this.#controller?.abort(this.#stopped);
  }

  /** @throws StageError `cancelled` when it was told to stop */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped;
  }
}

/** What pure stage types are told. */
export function pureContext(state: RunState, stage: StageState, now: number): PureContext {
  const { workflow } = stage.scope.frame;
  return {
    now,
    runStartedAt: state.startedAt,
    run: { id: state.id, workflow: workflow.id, version: workflow.version, stage: stage.path },
    agents: workflow.agents,
    rulesets: workflow.rulesets,
  };
}

/** What the engine does for a running effect. */
export interface AttemptServices {
  readonly host: Host;
  /** Of what the run keeps, and of what leaves it. */
  readonly mask: Mask;
  readonly outward: Mask;
  /** Resolves when the sub-step is on disk. */
  record(flight: InFlight, key: string, value: Json, usage: Usage | undefined): Promise<void>;
  /** Resolves when the tokens are taken. */
  takeTokens(flight: InFlight, key: string, rates: readonly Rate[]): Promise<void>;
  settleTokens(flight: InFlight, key: string, rates: readonly Rate[]): Promise<void>;
  /** A workflow as a tool. @throws StageError `unknown-tool` */
  tool(flight: InFlight, workflow: string): Tool;
  progress(flight: InFlight, message: string): void;
  /** Makes the request when its host has a place. */
  atHost<T>(flight: InFlight, url: string, request: () => Promise<T>): Promise<T>;
}

/** What an effect may touch, bound to one attempt. */
export function stageContext(
  state: RunState,
  flight: InFlight,
  idempotencyKey: string,
  now: number,
  services: AttemptServices,
): StageContext {
  const { host, mask, outward } = services;
  const { stage, attempt } = flight;
  const { run, runStartedAt, agents, rulesets } = pureContext(state, stage, now);
  const context: StageContext = {
    now,
    run,
    runStartedAt,
    agents,
    rulesets,
    attempt,
    idempotencyKey,
    get signal() {
      return flight.signal;
    },
    get log() {
      return maskedLogger(host.log, outward, { run: state.id, stage: stage.path, attempt });
    },
    async record<T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>, estimate?: Usage) {
      const known = stage.records?.get(key);
      if (known !== undefined) return known as T;
      flight.throwIfStopped();
      host.tracer?.began(state, stage, key, host.clock.now());
      const done = estimate === undefined ? step() : spend(host, state, flight, key, estimate, step);
      const { value, usage } = await done;
      const kept = mask.json(value);
      await services.record(flight, key, kept, usage);
      return kept;
    },
    atHost: (url, request) => services.atHost(flight, url, request),
    takeTokens: (key, rates) => services.takeTokens(flight, key, rates),
    settleTokens: (key, rates) => services.settleTokens(flight, key, rates),
    emit: (name, data, atLeast) => {
      flight.throwIfStopped();
      return say(host, outward, state, { stage, name, data, atLeast });
    },
    file: (path) => host.file(path),
    progress(message) {
      // What a stage says on its way to redacted outputs may be what nobody is to see.
      if (stage.plan.redact === undefined) services.progress(flight, outward.text(message));
    },
    agreedPrice(provider, model) {
      const row = priceRowOf(host.prices ?? [], { provider, model, at: host.clock.now() });
      return row === undefined ? undefined : priceOfRow(row, "project");
    },
    agentProvider: (name) => providerFor(host, stage, name, outward),
    tool(name) {
      const workflow = workflowOfTool(name);
      if (workflow !== undefined) return services.tool(flight, workflow);
      return found(host.registry.tools.get(name), "unknown-tool", `tool ${name}`);
    },
    notifier: (name) => found(host.registry.notifiers.get(name), "unknown-notifier", `notifier ${name}`),
    hasEnv: (name) => (host.env(name) ?? "") !== "",
    env: (name) => host.env(name),
  };
  const traceparent = host.tracer?.traceparent(state, stage, attempt);
  return {
    ...context,
    ...(state.provider !== null && { provider: state.provider }),
    ...(traceparent !== undefined && { traceparent }),
  };
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
