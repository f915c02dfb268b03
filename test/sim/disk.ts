import type { Lease, Owner, Store } from "../../src/engine/ports.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { Chance } from "./chance.js";
import type { WorldTime } from "./time.js";

type Method = (...given: readonly unknown[]) => Promise<unknown>;

/** A call that changed something, and how to acknowledge it once it is synced. */
interface Write {
  readonly name: string;
  readonly given: readonly unknown[];
  acknowledge: () => void;
}

const WRITES: ReadonlySet<string> = new Set([
  "putDefinition",
  "createRun",
  "claim",
  "renew",
  "release",
  "commit",
  "post",
  "decideApproval",
  "expireApproval",
  "putCached",
  "keepSnapshot",
  "emit",
  "askLimits",
  "settleTokens",
  "leaveLimits",
  "keepLimits",
]);

/**
 * A store whose writes others see at once, and that are acknowledged when they, and all before them, are synced. When the
 * power fails, what was synced is there afterwards; of what was not, a beginning may be, and the rest is gone.
 */
export class Disk {
  readonly store: Store;
  readonly #world: WorldTime;
  readonly #chance: Chance;
  readonly #isLying: boolean;
  #live = memoryStore();
  readonly #synced: Write[] = [];
  #unsynced: Write[] = [];
  #isSpinning = false;
  #fail: (() => void) | undefined;
  /** How often the power failed, and how many writes that cost. */
  failures = 0;
  lost = 0;

  /** @param isLying it acknowledges at once what it has not synced */
  constructor(world: WorldTime, seed: number, isLying: boolean) {
    this.#world = world;
    this.#chance = new Chance(seed ^ 0x5eed);
    this.#isLying = isLying;
    const methods = Object.keys(this.#live).map((name) => [name, (...given: unknown[]) => this.#call(name, given)]);
    this.store = Object.fromEntries(methods) as unknown as Store;
  }

  /** From now on syncing takes its time; `false`: no more, and everything is synced. */
  spin(isSpinning: boolean): void {
    this.#isSpinning = isSpinning;
    const last = this.#unsynced.at(-1);
    if (last !== undefined) this.#sync(last);
  }

  /** Calls `fail` while the next write is being synced: then there is something to lose. */
  failAtNextWrite(fail: () => void): void {
    this.#fail = fail;
  }

  /** Everything that is not synced is lost, but for a beginning of it. */
  losePower(): void {
    const kept = this.#unsynced.slice(0, this.#chance.int(0, this.#unsynced.length));
    this.failures += 1;
    this.lost += this.#unsynced.length - kept.length;
    this.#unsynced = [];
    this.#synced.push(...kept);
    this.#live = memoryStore();
    for (const { name, given } of this.#synced) void this.#method(name)(...given);
    for (const { acknowledge } of kept) acknowledge();
  }

  /** When the power fails next: milliseconds from now. */
  get nextFailure(): number {
    return this.#chance.int(5_000, 90_000);
  }

  #method(name: string): Method {
    return this.#live[name as keyof Store] as unknown as Method;
  }

  #call(name: string, given: readonly unknown[]): Promise<unknown> {
    if (!WRITES.has(name)) return this.#method(name)(...given);
    const write: Write = { name, given: pinAsker(name, given), acknowledge: () => {} };
    this.#unsynced.push(write);
    const done = this.#method(name)(...write.given).then(
      (result) => {
        if (name === "claim" && result !== undefined) pinClaim(write, result as Lease);
        return result;
      },
      (error: unknown) => {
        this.#forget(write);
        throw error;
      },
    );
    return this.#acknowledged(write, done);
  }

  async #acknowledged(write: Write, done: Promise<unknown>): Promise<unknown> {
    const synced = new Promise<void>((resolve) => {
      write.acknowledge = resolve;
    });
    if (this.#isSpinning) this.#syncLater(write);
    else this.#sync(write);
    const result = await done;
    // A lease that was not given changed nothing, and would be given to another on a second telling.
    if (write.name === "claim" && result === undefined) this.#forget(write);
    else if (!this.#isLying) await synced;
    return result;
  }

  #syncLater(write: Write): void {
    const takes = this.#chance.delay(20, 4_000, 0.05);
    this.#world.after(takes, () => this.#sync(write));
    if (this.#fail !== undefined) this.#world.after(this.#chance.int(0, takes), this.#fail);
    this.#fail = undefined;
  }

  /** Syncing one syncs all before it. */
  #sync(write: Write): void {
    const place = this.#unsynced.indexOf(write);
    if (place < 0) return;
    const synced = this.#unsynced.splice(0, place + 1);
    this.#synced.push(...synced);
    for (const { acknowledge } of synced) acknowledge();
  }

  #forget(write: Write): void {
    const place = this.#unsynced.indexOf(write);
    if (place >= 0) this.#unsynced.splice(place, 1);
  }
}

/** Told again, a lease that was given must be given: whoever was dead then is dead. */
function pinClaim(write: Write, lease: Lease): void {
  const owner: Owner = { name: lease.owner, isDead: () => true };
  (write.given as unknown[])[1] = owner;
}

/** Told again, places go to whom they went: whoever was alive then is taken for alive. */
function pinAsker(name: string, given: readonly unknown[]): readonly unknown[] {
  if (name !== "askLimits") return given;
  const [asks, asker, now] = given as Parameters<Store["askLimits"]>;
  const known = new Map<string, boolean>();
  const isDead = (owner: string) => {
    const answer = known.get(owner) ?? asker.isDead(owner);
    known.set(owner, answer);
    return answer;
  };
  return [asks, { isDead }, now];
}
