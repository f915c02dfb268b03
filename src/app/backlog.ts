import { StagecraftError } from "../core/errors.js";
import type { Store } from "../engine/ports.js";

/** How long an answer about the queue counts: a flood of requests asks the store now and then, not each time. Milliseconds. */
const FRESH_MS = 250;

/** Keeps those outside from putting more into the queue than it may hold. */
export interface Backlog {
  /** @throws StagecraftError `queue-full` of kind environment: whoever asks may come again */
  admit(): Promise<void>;
}

/** @param most runs that may wait for a process to drive them */
export function backlogOf(most: number, opened: () => Promise<Store>, now: () => number): Backlog {
  let asked: { readonly at: number; readonly queued: Promise<number> } | undefined;
  const queued = async () => (await (await opened()).listRuns({ status: ["queued"], limit: most })).length;
  return {
    async admit() {
      if (asked === undefined || now() - asked.at >= FRESH_MS) asked = { at: now(), queued: queued() };
      if ((await asked.queued) < most) return;
      throw new StagecraftError("queue-full", `${most} runs wait for a process to drive them: no more are taken`, {
        kind: "environment",
        help: "come again later; more workers, or a higher server.queue, take more",
      });
    },
  };
}
