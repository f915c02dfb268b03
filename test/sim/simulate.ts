import { createHash } from "node:crypto";
import type { Event } from "../../src/core/event.js";
import type { Plan } from "../../src/core/plan.js";
import { stored } from "../support/host.js";
import { Chance } from "./chance.js";
import { drawCompany, inCompany } from "./draw-company.js";
import { drawPlan } from "./draw-plan.js";
import { judge } from "./judge.js";
import { drawOdds, type Odds } from "./odds.js";
import { People } from "./people.js";
import { openShelf, type Shelf, type StoreKind } from "./stores.js";
import { WorldTime } from "./time.js";
import { Witness } from "./witness.js";
import { Worker } from "./worker.js";

/** What one seed came to. */
export interface Report {
  readonly seed: number;
  readonly store: StoreKind;
  readonly odds: Odds;
  readonly violations: readonly string[];
  /** Of every journal: two runs of one seed agree in it. */
  readonly fingerprint: string;
  readonly events: number;
  readonly commits: number;
  readonly snapshots: number;
  readonly deaths: number;
  /** How often the power failed, and writes that were not synced then. */
  readonly powerFailures: number;
  readonly lostWrites: number;
  readonly effects: number;
  /** Places given, tokens taken, and asks that were told to wait. */
  readonly places: number;
  readonly tokens: number;
  readonly waits: number;
  readonly emissions: number;
  /** Messages that emissions led to. */
  readonly heard: number;
  readonly detached: number;
  readonly reminders: number;
  readonly statuses: readonly string[];
}

/** Faults are over: whatever rests must be moved by a person or a timer, within so many looks. */
const CALM = { slow: 0, failBefore: 0, failAfter: 0, dieBefore: 0, dieAfter: 0, hang: 0, long: 0, jump: 0 };
const LOOKS = 400;
/** As many as the longest way from one thing that happens to the next call of the store. */
const QUIET_TURNS = 6;

/** Several processes on one store, with everything drawn from the seed. `inspect` is shown every journal at the end. */
export async function simulate(
  seed: number,
  kind: StoreKind = "memory",
  inspect: (plan: Plan, events: readonly Event[]) => void = () => {},
): Promise<Report> {
  const time = new WorldTime();
  const shelf = await openShelf(kind, time, seed);
  try {
    const world = new World(seed, time, shelf);
    await world.begin();
    await world.runUntil(world.time.now + world.drawn.chaos);
    await world.takeUp();
    await world.runUntil(world.time.now + world.drawn.chaos);
    await world.calmDown();
    await judge(world.witness, world.people);
    world.show(inspect);
    return world.report(kind);
  } finally {
    await shelf.close();
  }
}

class World {
  readonly seed: number;
  readonly time: WorldTime;
  readonly chance: Chance;
  readonly drawn: Odds;
  readonly witness: Witness;
  readonly people: People;
  readonly #shelf: Shelf;
  readonly #deaths = new Set<string>();
  #odds: Odds;
  #effects = 0;
  #names = 0;
  #workers: Worker[] = [];
  #isCalm = false;

  constructor(seed: number, time: WorldTime, shelf: Shelf) {
    this.seed = seed;
    this.time = time;
    this.#shelf = shelf;
    this.chance = new Chance(seed);
    this.drawn = drawOdds(this.chance);
    this.#odds = this.drawn;
    this.witness = new Witness(shelf.store, time, this.drawn);
    this.people = new People(this.witness, this.chance);
  }

  async begin(): Promise<void> {
    // From numbers of their own: whether a seed draws them or not, the rest of it is the same.
    const chance = new Chance(this.seed ^ 0xc0ffee);
    const company = chance.happens(0.75) ? drawCompany(chance) : undefined;
    const among = (plan: Plan) => (company === undefined ? plan : inCompany(chance, company, plan));
    for (let at = 0; at < this.drawn.runs; at++) {
      const definition = stored(among(drawPlan(this.chance)));
      await this.witness.store.putDefinition(definition);
      const { id, version } = definition;
      const run = `run${at}`;
      const at0 = this.time.now;
      const first = { type: "runStarted", at: at0, run, inputs: {}, by: "sim", definition: definition.hash } as const;
      const head = { id: run, workflow: id, version, definition: definition.hash, by: "sim", at: at0 };
      await this.witness.store.createRun({ ...head, events: [first] });
      this.#meddleLater(run);
    }
    this.#shelf.disk?.spin(true);
    for (let at = 0; at < this.drawn.workers; at++) this.#hire();
    this.#losePowerLater();
  }

  /** Lets things happen, each followed by all that comes of it without time passing. */
  async runUntil(end: number): Promise<void> {
    while (!this.#isOver && this.time.step(end)) await this.#settle();
  }

  /** Waits until nothing has happened for so many turns of the event loop: a call of the store ends at any of them. */
  async #settle(): Promise<void> {
    const { underWay, ended } = this.#shelf;
    for (let quiet = 0, seen = ended(); quiet < QUIET_TURNS; quiet++) {
      await new Promise(setImmediate);
      if (underWay() === 0 && ended() === seen) continue;
      seen = ended();
      quiet = -1;
    }
  }

  /** People take up again what ended otherwise than it was meant to, while faults go on. */
  async takeUp(): Promise<void> {
    const chance = new Chance(this.seed ^ 0xfeed);
    for (const [run, { state }] of this.witness.runs) {
      if (state.phase === "ended" && chance.happens(0.6)) void this.people.takeUp(run, chance, this.time.now);
    }
    // All may be over until a request is on disk; one that was lost with the power is never acknowledged.
    const asked = this.time.now + 1_000;
    while (this.time.step(asked)) await this.#settle();
  }

  /** No faults any more: people help what rests until all is over. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    this.#shelf.disk?.spin(false);
    this.#odds = { ...this.drawn, ...CALM };
    for (let look = 0; look < LOOKS && !this.#isOver; look++) {
      await this.runUntil(this.time.now + 30_000);
      for (const [run, { state }] of this.witness.runs) {
        if (state.phase !== "ended" && look % 3 === 2) await this.people.help(run, this.time.now);
      }
    }
  }

  show(inspect: (plan: Plan, events: readonly Event[]) => void): void {
    for (const { events, state } of this.witness.runs.values()) inspect(state.plan, events);
  }

  report(store: StoreKind): Report {
    const journals = [...this.witness.runs.values()];
    const hash = createHash("sha256");
    for (const { events } of journals) hash.update(JSON.stringify(events));
    return {
      seed: this.seed,
      store,
      odds: this.drawn,
      violations: this.witness.violations,
      fingerprint: hash.digest("hex").slice(0, 16),
      events: journals.reduce((sum, { events }) => sum + events.length, 0),
      commits: this.witness.commits,
      snapshots: this.witness.snapshots,
      deaths: this.#deaths.size,
      powerFailures: this.#shelf.disk?.failures ?? 0,
      lostWrites: this.#shelf.disk?.lost ?? 0,
      effects: this.#effects,
      ...this.witness.shared,
      statuses: journals.map(({ state }) => state.end?.status ?? "stuck"),
    };
  }

  get #isOver(): boolean {
    const isHeard = this.people.asked.every((id) => this.witness.consumed.has(id));
    return isHeard && [...this.witness.runs.values()].every(({ state }) => state.phase === "ended");
  }

  /** A new process, in time another after it died. */
  #hire(): void {
    const shared = {
      world: this.time,
      chance: this.chance,
      witness: this.witness,
      deaths: this.#deaths,
      odds: () => this.#odds,
      newId: () => `id${++this.#names}`,
      performed: () => {
        this.#effects += 1;
      },
    };
    const again = () => this.time.after(this.chance.int(100, 30_000), () => this.#hire());
    const worker = new Worker(shared, `process${++this.#names}`, 3_000, again);
    this.#workers = [...this.#workers.filter(({ isDead }) => !isDead), worker];
    this.#troubleLater(worker);
  }

  #troubleLater(worker: Worker): void {
    this.time.after(this.chance.int(5_000, 120_000), () => {
      if (worker.isDead || this.#isCalm) return;
      const { jump } = this.#odds;
      const trouble = this.chance.next();
      if (trouble < 0.15) worker.leave();
      else if (trouble < 0.4) worker.die();
      else if (jump > 0) worker.clock.jump(this.chance.int(-jump, jump));
      this.#troubleLater(worker);
    });
  }

  /** Every process dies at once, and what was not synced is gone. */
  #losePowerLater(): void {
    const { disk } = this.#shelf;
    if (disk === undefined) return;
    const lose = () => {
      if (this.#isCalm) return;
      for (const worker of this.#workers) worker.die();
      disk.losePower();
      this.#losePowerLater();
    };
    this.time.after(disk.nextFailure, () => disk.failAtNextWrite(lose));
  }

  #meddleLater(run: string): void {
    this.time.after(this.chance.int(1, 2 * this.drawn.person), () => {
      if (this.#isCalm) return;
      void this.people.meddle(run, this.time.now);
      this.#meddleLater(run);
    });
  }
}
