import { StagecraftError } from "../../src/core/errors.js";
import type { Store } from "../../src/engine/ports.js";
import type { Chance } from "./chance.js";
import type { Odds } from "./odds.js";
import type { WorldTime } from "./time.js";

/** The process that makes the calls. */
export interface Caller {
  readonly isDead: boolean;
  die(): void;
}

const NEVER = new Promise<never>(() => {});

/**
 * A store as one process sees it: calls are slow, fail before or after they were kept, or are the last thing the process
 * does. A dead process's calls neither happen nor return.
 */
export function faultyStore(inner: Store, caller: Caller, world: WorldTime, chance: Chance, odds: () => Odds): Store {
  const wait = (delay: number) => new Promise<void>((done) => world.after(delay, done));
  const call = async (name: string, action: () => Promise<unknown>): Promise<unknown> => {
    const { slow, failBefore, failAfter, dieBefore, dieAfter } = odds();
    if (chance.happens(slow)) await wait(chance.delay(100, 70_000, 0.1));
    if (caller.isDead) return NEVER;
    if (chance.happens(dieBefore)) caller.die();
    if (caller.isDead) return NEVER;
    if (chance.happens(failBefore)) throw broken(name);
    const result = await action();
    if (chance.happens(dieAfter)) caller.die();
    if (caller.isDead) return NEVER;
    if (chance.happens(slow)) await wait(chance.delay(100, 70_000, 0.1));
    if (caller.isDead) return NEVER;
    if (chance.happens(failAfter)) throw broken(name);
    return result;
  };
  const faulty = Object.entries(inner).map(([name, method]) => {
    if (typeof method !== "function") return [name, method];
    const action = method as (...given: unknown[]) => Promise<unknown>;
    return [name, (...given: unknown[]) => call(name, () => action(...given))];
  });
  return Object.fromEntries(faulty) as unknown as Store;
}

function broken(name: string): StagecraftError {
  return new StagecraftError("store-io", `the disk failed in ${name}`, { kind: "environment" });
}
