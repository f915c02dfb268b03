import { StageError } from "../core/errors.js";
import type { Usage } from "../core/event.js";
import type { Json } from "../core/json.js";
import type { RunState, StageState } from "../core/state.js";
import type { PureContext, Rate, Tool } from "../plugin/api.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";

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
    run: runInfo(state, stage),
    agents: workflow.agents,
    rulesets: workflow.rulesets,
  };
}

/** Who asks, for stage types of any kind. */
export function runInfo(state: RunState, stage: StageState): PureContext["run"] {
  const { id, version } = stage.scope.frame.workflow;
  return { id: state.id, workflow: id, version, stage: stage.path };
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
