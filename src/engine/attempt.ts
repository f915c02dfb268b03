import { StageError } from "../core/errors.js";
import type { Usage } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import type { RunState, StageState } from "../core/state.js";
import type { Logger, PureContext, StageContext } from "../plugin/api.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";

/** One effect under way. `abort` tells it to stop; whoever aborts also takes it off the list, so its result is dropped. */
export interface InFlight {
  readonly stage: StageState;
  readonly attempt: number;
  readonly isUndo: boolean;
  readonly abort: AbortController;
}

/** What pure stage types are told. */
export function pureContext(state: RunState, stage: StageState, now: number): PureContext {
  const { workflow } = stage.scope.frame;
  return {
    now,
    run: { id: state.id, workflow: workflow.id, version: workflow.version, stage: stage.path },
    agents: workflow.agents,
    rulesets: workflow.rulesets,
  };
}

/** What the engine does for a running effect. */
export interface AttemptServices {
  readonly host: Host;
  readonly mask: Mask;
  /** Resolves when the sub-step is on disk. */
  record(flight: InFlight, key: string, value: Json, usage: Usage | undefined): Promise<void>;
  progress(flight: InFlight, message: string): void;
}

/** What an effect may touch, bound to one attempt. */
export function stageContext(
  state: RunState,
  flight: InFlight,
  idempotencyKey: string,
  now: number,
  services: AttemptServices,
): StageContext {
  const { host, mask } = services;
  const { stage, attempt, abort } = flight;
  const pure = pureContext(state, stage, now);
  return {
    ...pure,
    signal: abort.signal,
    attempt,
    idempotencyKey,
    log: maskedLogger(host.log, mask, { run: state.id, stage: stage.path }),
    ...(state.provider === null ? {} : { provider: state.provider }),
    async record<T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>): Promise<T> {
      const known = stage.records?.get(key);
      if (known !== undefined) return known as T;
      abort.signal.throwIfAborted();
      const { value, usage } = await step();
      const kept = mask.json(value);
      await services.record(flight, key, kept, usage);
      return kept;
    },
    file: (path) => host.file(path),
    progress: (message) => services.progress(flight, mask.text(message)),
    agentProvider: (name) => found(host.registry.providers.get(name), "unknown-provider", `agent provider ${name}`),
    tool: (name) => found(host.registry.tools.get(name), "unknown-tool", `tool ${name}`),
    notifier: (name) => found(host.registry.notifiers.get(name), "unknown-notifier", `notifier ${name}`),
    hasEnv: (name) => (host.env(name) ?? "") !== "",
    env: (name) => host.env(name),
  };
}

function found<T>(part: T | undefined, code: string, what: string): T {
  if (part === undefined) throw new StageError(code, `there is no ${what}`);
  return part;
}

function maskedLogger(log: Logger, mask: Mask, fields: JsonObject): Logger {
  const write = (level: keyof Logger) => (message: string, more?: JsonObject) =>
    log[level](mask.text(message), { ...fields, ...mask.json(more) });
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
