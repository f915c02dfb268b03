import { fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import { type Context, evaluate, Unevaluable } from "../core/evaluate.js";
import type { Event } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import { namesIn } from "../core/names.js";
import type { Plan } from "../core/plan.js";
import type { ScopeState } from "../core/state.js";
import { Drive, type DriveEnd, type DriveOptions } from "./drive.js";
import { Journal } from "./journal.js";
import { maskFor, SHORTEST_SECRET } from "./mask.js";
import type { Host, Lease, RunRow, StoredDefinition } from "./ports.js";
import { Slots } from "./slots.js";
import { LEASE_MS } from "./writer.js";

export interface StartOptions {
  /** Checked against the definition's `inputs` by the caller, defaults filled in. */
  readonly inputs: JsonObject;
  readonly by: string;
  /** `--provider`: goes before what the agents ask for. */
  readonly provider?: string | undefined;
  readonly trigger?: Json | undefined;
}

/** `busy`: another live process drives the run. */
export type DriveResult = DriveEnd | "busy";

/** Runs workflows: decides with `core`, remembers with the store, acts through plugins. */
export class Engine {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #slots: Slots;

  constructor(host: Host) {
    this.#host = host;
    this.#journal = new Journal(host.store);
    this.#slots = new Slots(host.concurrency);
  }

  /**
   * Creates a run, durable when this returns; nothing of it has run yet. With an idempotency key seen before, returns
   * the run that has it.
   * @throws StagecraftError `secret-missing`
   */
  async start(definition: StoredDefinition, options: StartOptions): Promise<{ run: RunRow; created: boolean }> {
    const { clock, store } = this.#host;
    await this.#secretsOf(definition.plan);
    const at = clock.now();
    const id = this.#host.newId();
    const { provider, trigger } = options;
    const started: Event = {
      type: "runStarted",
      at,
      run: id,
      inputs: options.inputs,
      by: options.by,
      definition: definition.hash,
      ...(provider === undefined ? {} : { provider }),
      ...(trigger === undefined ? {} : { trigger }),
    };
    const key = this.#idempotencyKey(definition.plan, started);
    await store.putDefinition(definition);
    return store.createRun({
      id,
      workflow: definition.id,
      version: definition.version,
      definition: definition.hash,
      by: options.by,
      at,
      events: [started],
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
  }

  /**
   * Drives a run until it ends, is paused, or waits for longer than the patience. What arrives in the inbox while letting
   * go is not left lying.
   */
  async drive(run: string, options: DriveOptions): Promise<DriveResult> {
    const { store, owner, clock } = this.#host;
    for (;;) {
      const now = clock.now();
      const lease = await store.claim(run, owner, now, now + LEASE_MS);
      if (lease === undefined) return "busy";
      const end = await this.#driveLeased(lease, options);
      if (end === "lost" || end === "ended" || end === "stopped") return end;
      const messages = await store.inbox(run);
      if (messages.length === 0) return end;
    }
  }

  async #driveLeased(lease: Lease, options: DriveOptions): Promise<DriveEnd> {
    const { store } = this.#host;
    try {
      const { plan, events } = await this.#load(lease.run);
      const state = fold(plan, events);
      const secrets = await this.#secretsOf(plan);
      const mask = maskFor(Object.values(secrets));
      const parts = {
        host: this.#host,
        journal: this.#journal,
        slots: this.#slots,
        lease,
        state,
        secrets,
        mask,
        options,
      };
      const end = await new Drive(parts).run();
      await store.release(lease);
      return end;
    } catch (error) {
      await store.release(lease).catch(() => {});
      throw error;
    }
  }

  async #load(run: string): Promise<{ plan: Plan; events: readonly Event[] }> {
    const { store } = this.#host;
    const row = await store.getRun(run);
    if (row === undefined) throw new StagecraftError("unknown-run", `there is no run ${run}`);
    const definition = await store.getDefinition(row.definition);
    if (definition === undefined) {
      throw new StagecraftError("definition-lost", `the plan of run ${run} is not in the database`, {
        kind: "environment",
      });
    }
    const recorded = await store.readEvents(run);
    return { plan: definition.plan, events: recorded.map(({ event }) => event) };
  }

  async #secretsOf(plan: Plan): Promise<Record<string, string>> {
    const names = new Set([plan.workflow, ...Object.values(plan.called)].flatMap((workflow) => workflow.secrets));
    const values: Record<string, string> = Object.create(null);
    for (const name of names) {
      const value = await this.#host.secrets.get(name);
      if (value === undefined || value.length < SHORTEST_SECRET) {
        const fault = value === undefined ? "is not set" : `is shorter than ${SHORTEST_SECRET} characters`;
        throw new StagecraftError("secret-missing", `the secret ${name} ${fault}`, {
          help: `set it in the environment: export ${name}=…`,
        });
      }
      values[name] = value;
    }
    return values;
  }

  #idempotencyKey(plan: Plan, started: Extract<Event, { type: "runStarted" }>): string | undefined {
    const { idempotencyKey } = plan.workflow;
    if (idempotencyKey === undefined) return undefined;
    const state = fold(plan, [started]);
    const context: Context = { now: started.at, validate: this.#host.validate, secrets: {} };
    try {
      const key = evaluate(idempotencyKey, namesIn(state, state.frame.root as ScopeState), context, "idempotencyKey");
      return typeof key === "string" ? key : JSON.stringify(key);
    } catch (error) {
      if (error instanceof Unevaluable) throw new StagecraftError("invalid-input", error.message);
      throw error;
    }
  }
}
