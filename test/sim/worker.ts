import { StagecraftError } from "../../src/core/errors.js";
import { Engine } from "../../src/engine/engine.js";
import type { Owner } from "../../src/engine/ports.js";
import { testHost } from "../support/host.js";
import { faultyStore } from "./faulty-store.js";
import { PAGER, type Reach, scriptedTypes } from "./stage-types.js";
import { SkewedClock } from "./time.js";

/** What workers share beyond their stages' reach. */
export interface WorkerWorld extends Omit<Reach, "clock" | "process"> {
  readonly deaths: Set<string>;
  newId(): string;
}

const PAGED = { channel: (via: string) => ({ via, settings: {} }) };

/** A process that drives whatever it may, until it dies. */
export class Worker {
  readonly name: string;
  readonly owner: Owner;
  readonly clock: SkewedClock;
  readonly engine: Engine;
  isDead = false;
  readonly #world: WorkerWorld;
  readonly #died: () => void;
  readonly #driving = new Set<string>();
  readonly #store: ReturnType<typeof faultyStore>;
  readonly #leaving = new AbortController();
  readonly #poll: number;

  constructor(world: WorkerWorld, name: string, poll: number, died: () => void) {
    const { chance, witness } = world;
    const { skew, slots, sameMachine } = world.odds();
    this.#world = world;
    this.name = name;
    this.#died = died;
    this.#poll = poll;
    this.owner = { name, isDead: (other) => sameMachine && world.deaths.has(other) };
    this.clock = new SkewedClock(world.world, chance.int(-skew, skew), chance.int(1, 15));
    this.#store = faultyStore(witness.store, this, world.world, chance, world.odds);
    const reach = { ...world, clock: () => this.clock.now(), process: this };
    const more = { store: this.#store, owner: this.owner, clock: this.clock, concurrency: slots, ...PAGED };
    const host = testHost(scriptedTypes(reach), { ...more, newId: world.newId, snapshotEvery: 7 } as object);
    host.registry.add({ name: "pager", version: "1.0.0", apiVersion: 1, notifiers: [PAGER] });
    this.engine = new Engine(host);
    this.#look();
  }

  /** SIGKILL: what is under way is lost, what it asked of the store may or may not be kept. */
  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.clock.stop();
    this.#world.deaths.add(this.owner.name);
    this.#died();
  }

  /** SIGTERM: nothing new is started, leases are given back. */
  leave(): void {
    this.#leaving.abort();
    this.#world.world.after(10_000, () => this.die());
  }

  #look(): void {
    if (this.isDead || this.#leaving.signal.aborted) return;
    this.#world.world.after(this.#world.chance.int(1, 2) * this.#poll, () => this.#look());
    this.#store.claimable(this.owner, this.clock.now(), 10).then(
      (runs) => {
        for (const run of runs) if (!this.#driving.has(run)) void this.#drive(run);
      },
      (error: unknown) => this.#excused(error),
    );
  }

  async #drive(run: string): Promise<void> {
    const { witness } = this.#world;
    this.#driving.add(run);
    let heard = -1;
    const listener = (of: string, events: readonly { readonly seq: number }[]) => {
      for (const { seq } of events) {
        if (seq > witness.of(of).events.length) witness.fail(`${of}: ${seq} was told before it was on disk`);
        if (heard >= 0 && seq !== heard + 1) witness.fail(`${of}: ${seq} was told after ${heard}`);
        heard = seq;
      }
    };
    try {
      await this.engine.drive(run, { patience: 20_000, signal: this.#leaving.signal, listener });
    } catch (error) {
      this.#excused(error);
    }
    this.#driving.delete(run);
  }

  /** The store's own faults were ordered; anything else is a bug. */
  #excused(error: unknown): void {
    if (error instanceof StagecraftError && error.code === "store-io") return;
    this.#world.witness.fail(`${this.owner.name}: ${(error as Error).stack}`);
  }
}
