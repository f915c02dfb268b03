import { setTimeout } from "node:timers/promises";
import { wasLost, wasNotAsked, wasOvertaken, wasUndone } from "./faults.js";

/** A server that is restarted is back within this time. */
const DEFAULT_WAIT_MS = 10_000;
/** A transaction that others overtake so often in a row does something wrong. */
const OVERTAKEN_TIMES = 5;

/**
 * Tries `attempt` again for about `waitMs`, while the server is away or undid it; never what the server may have done
 * without saying so, unless that only reads.
 */
export async function patiently<T>(attempt: () => Promise<T>, waitMs = DEFAULT_WAIT_MS, onlyReads = false): Promise<T> {
  const end = Date.now() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const mayRepeat = wasNotAsked(error) || wasUndone(error) || (onlyReads && wasLost(error));
      if (!mayRepeat || Date.now() >= end) throw error;
      await setTimeout(5 + Math.random() * 45);
    }
  }
}

/** What a transaction found and what it wrote belong together: overtaken in between, it looks again. */
export async function whole<T>(transaction: () => Promise<T>, waitMs?: number): Promise<T> {
  for (let times = 1; ; times++) {
    try {
      return await patiently(transaction, waitMs);
    } catch (error) {
      if (!wasOvertaken(error) || times >= OVERTAKEN_TIMES) throw error;
    }
  }
}
