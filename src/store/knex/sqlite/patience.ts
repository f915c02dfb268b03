import { setTimeout } from "node:timers/promises";

const DEFAULT_WAIT_MS = 5_000;

/** Tries `attempt` again while another connection holds the lock it needs, for about `waitMs`. */
export async function patiently<T>(attempt: () => Promise<T>, waitMs = DEFAULT_WAIT_MS): Promise<T> {
  const end = Date.now() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const busy = String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
      if (!busy || Date.now() >= end) throw error;
      await setTimeout(1 + Math.random() * 20);
    }
  }
}
