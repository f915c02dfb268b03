import { setMaxListeners } from "node:events";
import { slowAlerts } from "../core/alert.js";
import { fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import { type Context, evaluate, Unevaluable } from "../core/evaluate.js";
import type { Event, ParentStage } from "../core/event.js";
import { sharedEvents } from "../core/fork.js";
import type { Json, JsonObject } from "../core/json.js";
import type { Migration } from "../core/migrate.js";
import { namesIn } from "../core/names.js";
import type { Plan, Template } from "../core/plan.js";
import type { ScopeState } from "../core/state.js";
import { parseTraceparent } from "../core/traceparent.js";
import { isAdmitted } from "./admission.js";
import { Definitions } from "./definitions.js";
import { Detached } from "./detached.js";
import { Drive } from "./drive.js";
import type { DriveEnd, DriveOptions } from "./drive-parts.js";
import { Journal } from "./journal.js";
import { maskFor } from "./mask.js";
import { type MigrateOptions, migrate } from "./migrate.js";
import { definitionOf, secretsOf } from "./pinned.js";
import type { Host, Lease, Listener, RunRow, StoredDefinition } from "./ports.js";
import type { Redactions } from "./redact.js";
import { firstOf, redactionsOf, refuseShown } from "./redacted-run.js";
import { Releases } from "./release.js";
import { Slots } from "./slots.js";
import { loadState, Snapshots } from "./snapshots.js";
import { Turns } from "./turns.js";
import { LEASE_MS } from "./writer.js";

export interface StartOptions {
  /** Checked against the definition's `inputs` by the caller, defaults filled in. */
  readonly inputs: JsonObject;
  readonly by: string;
  /** `--provider`: goes before what the agents ask for. */
  readonly provider?: string | undefined;
  /** In the place of the definition's. */
  readonly priority?: number | undefined;
  readonly trigger?: Json | undefined;
  /** The caller's place in a trace; what is none is left out. */
  readonly traceparent?: string | undefined;
  /** The stage that starts it and does not wait for it. */
  readonly parent?: ParentStage | undefined;
  /** The caller's own; one that the definition makes of the inputs goes before it. */
  readonly idempotencyKey?: string | undefined;
}

type RunStarted = Extract<Event, { type: "runStarted" }>;

/** `busy`: another live process drives the run. `queued`: others of its group must end first. */
export type DriveResult = DriveEnd | "busy" | "queued";

/** Runs workflows: decides with `core`, remembers with the store, acts through plugins. */
export class Engine {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #definitions: Definitions;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly #detached: Detached;
  readonly #releases: Releases;

  /** @param drivesDetached whether runs that a stage detaches are driven here as well */
  constructor(host: Host, { drivesDetached = true }: { readonly drivesDetached?: boolean } = {}) {
    this.#host = host;
    this.#journal = new Journal(host.store);
    this.#definitions = new Definitions(host.store);
    this.#slots = new Slots(host.concurrency, host.hosts);
    this.#turns = new Turns(host);
    this.#releases = new Releases(host.store);
    this.#detached = new Detached(host, this, drivesDetached);
  }

  /**
   * Creates a run, durable when this returns; nothing of it has run yet. With an idempotency key seen before, returns
   * the run that has it.
   * @throws StagecraftError `secret-missing`, `group-full`
   */
  async start(definition: StoredDefinition, options: StartOptions): Promise<{ run: RunRow; created: boolean }> {
    await secretsOf(this.#host.secrets, definition.plan);
    const { plan } = definition;
    const started = this.#started(definition, { priority: plan.workflow.priority, ...options });
    const key = this.#text(plan, started, plan.workflow.idempotencyKey, "idempotencyKey") ?? options.idempotencyKey;
    const redactions = await redactionsOf(this.#host.store, plan, started.run, true);
    const first = firstOf(redactions, plan, started);
    refuseShown(redactions, key, "the idempotency key");
    await this.#host.store.putDefinition(definition);
    this.#definitions.learn(definition);
    return this.#create(definition, started, [first], redactions, key);
  }

  /**
   * A new run that shares with `run` the finished stages before `stage` and decides the rest anew, by the same plan.
   * @throws StagecraftError `unknown-run`, `unknown-stage`
   */
  async fork(run: string, stage: string, options: { inputs?: JsonObject; by: string }): Promise<RunRow> {
    const { definition, events, kept, redactions: shared } = await this.#load(run);
    const { plan } = definition;
    const state = fold(plan, events);
    const { provider } = state;
    const inputs = options.inputs ?? state.frame.inputs;
    const { by } = options;
    const { priority } = plan.workflow;
    const started = this.#started(definition, { inputs, by, priority, ...(provider === null ? {} : { provider }) });
    const forked: Event = { type: "runForked", at: started.at, from: run, stage, by };
    const redactions = await redactionsOf(this.#host.store, plan, started.run, true);
    if (shared !== undefined) redactions?.takeOver(shared);
    const first = firstOf(redactions, plan, started);
    const before = sharedEvents(state, kept, stage);
    const { run: row } = await this.#create(definition, started, [first, ...before, forked], redactions);
    return row;
  }

  /**
   * Moves a run that nobody drives to another version of its definition, or says why that cannot be.
   * @throws StagecraftError `unknown-run`, `run-busy`, `secret-missing`
   */
  async migrate(run: string, definition: StoredDefinition, options: MigrateOptions): Promise<Migration> {
    const { store, owner, clock } = this.#host;
    await this.#definitionOf(run);
    const now = clock.now();
    const lease = await store.claim(run, owner, now, now + LEASE_MS);
    if (lease === undefined) {
      throw new StagecraftError("run-busy", `another process drives run ${run}`, {
        help: `stop that process, or pause the run: stagecraft pause ${run}`,
      });
    }
    try {
      const { definition: from, events, redactions } = await this.#load(run);
      const secrets = await secretsOf(this.#host.secrets, definition.plan);
      const mask = maskFor(Object.values(secrets));
      const parts = { host: this.#host, journal: this.#journal, lease, from, events, secrets, mask, redactions };
      return await migrate(parts, definition, options);
    } finally {
      await store.release(lease);
    }
  }

  #started(definition: StoredDefinition, options: StartOptions): RunStarted {
    const { inputs, by, provider, priority = 0, trigger, traceparent, parent } = options;
    return {
      type: "runStarted",
      at: this.#host.clock.now(),
      run: this.#host.newId(),
      inputs,
      by,
      definition: definition.hash,
      ...(provider === undefined ? {} : { provider }),
      ...(priority === 0 ? {} : { priority }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(parseTraceparent(traceparent) === undefined ? {} : { traceparent: traceparent as string }),
      ...(parent === undefined ? {} : { parent }),
    };
  }

  #create(
    { id: workflow, version, hash: definition, plan }: StoredDefinition,
    started: RunStarted,
    /** As they are written down. */
    events: readonly Event[],
    redactions: Redactions | undefined,
    idempotencyKey?: string,
  ) {
    const { run: id, by, at, priority = 0 } = started;
    const { concurrency, alerts = [] } = plan.workflow;
    const name = this.#text(plan, started, concurrency?.group, "concurrency.group");
    refuseShown(redactions, name, "concurrency.group");
    const limit = concurrency?.onConflict === "reject" ? { limit: concurrency.limit } : {};
    return this.#host.store.createRun({
      ...{ id, workflow, version, definition, by, at, priority, events, alerts: slowAlerts(id, alerts, at) },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(name === undefined ? {} : { group: { name, ...limit } }),
    });
  }

  /**
   * Drives a run until it ends, is paused, or waits for longer than the patience. What arrives in the inbox while letting
   * go is not left lying. Its effects run in `slots`, without them in those all runs of this process share.
   */
  async drive(run: string, options: DriveOptions, slots = this.#slots): Promise<DriveResult> {
    const { store, clock } = this.#host;
    // Many runs may share a signal: that many listeners are no leak, as Node would otherwise suspect from the eleventh on.
    if (options.signal !== undefined) setMaxListeners(0, options.signal);
    const definition = await this.#definitionOf(run);
    const stop = (other: string) => this.#driveFreely(other, { patience: 0 }, slots);
    const admitted = await isAdmitted(store, run, definition.plan, () => clock.now(), stop);
    return admitted ? this.#driveFreely(run, options, slots, definition) : "queued";
  }

  /** Resolves when no detached run is driven here any more. */
  settled(): Promise<void> {
    return this.#detached.settled();
  }

  /** How many effects could begin here now. */
  room(): number {
    return this.#slots.free;
  }

  /** Gives back what could not be given back while the store was away. */
  letGo(): Promise<void> {
    return this.#releases.again();
  }

  /** Whatever others of its group do. */
  async #driveFreely(
    run: string,
    options: DriveOptions,
    slots: Slots,
    definition?: StoredDefinition,
  ): Promise<DriveResult> {
    const { store, owner, clock } = this.#host;
    let heard = options.after ?? 0;
    const listener: Listener = (of, events) => {
      heard = events.at(-1)?.seq ?? heard;
      options.listener?.(of, events);
    };
    for (;;) {
      const now = clock.now();
      const lease = await store.claim(run, owner, now, now + LEASE_MS);
      if (lease === undefined) return "busy";
      const end = await this.#driveLeased(lease, { ...options, listener }, slots, definition, heard);
      if (end === "lost" || end === "ended" || end === "stopped") return end;
      if ((await store.inbox(run)).length === 0) return end;
    }
  }

  /** @param heard the last event the listener was told of before; what others added since it hears first */
  async #driveLeased(
    lease: Lease,
    options: DriveOptions,
    slots: Slots,
    given: StoredDefinition | undefined,
    heard: number,
  ): Promise<DriveEnd> {
    const { store } = this.#host;
    try {
      const missed = heard === 0 || heard === lease.headSeq ? [] : await store.readEvents(lease.run, heard);
      const definition = given ?? (await this.#definitionOf(lease.run));
      const redactions = await redactionsOf(store, definition.plan, lease.run);
      const { state, snapshotAt } = await loadState(store, lease.run, definition, lease.headSeq, redactions?.open);
      const secrets = await secretsOf(this.#host.secrets, definition.plan);
      const mask = maskFor(Object.values(secrets));
      const parts = {
        host: this.#host,
        journal: this.#journal,
        slots,
        turns: this.#turns,
        tool: this.#detached.tool,
        spawn: this.#detached.spawn,
        lease,
        state,
        secrets,
        mask,
        outward: redactions?.mask(mask) ?? mask,
        redactions,
        snapshots: new Snapshots(this.#host, definition.hash, snapshotAt),
        options,
        missed,
      };
      const end = await new Drive(parts).run();
      await this.#releases.release(lease);
      return end;
    } catch (error) {
      await this.#releases.release(lease).catch(() => {});
      throw error;
    }
  }

  /** `events` as they happened, `kept` as they were written down. */
  async #load(run: string) {
    const definition = await this.#definitionOf(run);
    const redactions = await redactionsOf(this.#host.store, definition.plan, run);
    const recorded = await this.#host.store.readEvents(run);
    const events = recorded.map(({ event }) => redactions?.open(event) ?? event);
    const kept = recorded.map(({ event: { vault: _, ...event } }) => event as Event);
    return { definition, events, kept, redactions };
  }

  #definitionOf(run: string): Promise<StoredDefinition> {
    return definitionOf(this.#host.store, this.#definitions, run);
  }

  /** A text of the definition that depends on the inputs alone. @throws StagecraftError `invalid-input` */
  #text(plan: Plan, started: RunStarted, template: Template | undefined, where: string): string | undefined {
    if (template === undefined) return undefined;
    const state = fold(plan, [started]);
    const context: Context = { now: started.at, validate: this.#host.validate, secrets: {} };
    try {
      const text = evaluate(template, namesIn(state, state.frame.root as ScopeState), context, where);
      return typeof text === "string" ? text : JSON.stringify(text);
    } catch (error) {
      if (error instanceof Unevaluable) throw new StagecraftError("invalid-input", error.message);
      throw error;
    }
  }
}
