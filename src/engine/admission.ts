import type { Plan } from "../core/plan.js";
import type { Store } from "./ports.js";

/**
 * May this run begin, or go on? Only the runs of its group before it count, so it is the same for every process and nothing
 * is left behind by one that died.
 *
 * @param stop drives a run that was told to cancel as far as it goes
 */
export async function isAdmitted(
  store: Store,
  run: string,
  plan: Plan,
  now: () => number,
  stop: (run: string) => Promise<unknown>,
): Promise<boolean> {
  const { concurrency } = plan.workflow;
  if (concurrency === undefined) return true;
  const { limit, onConflict } = concurrency;
  const ahead = await store.runsAhead(run);
  if (ahead.length < limit || (await isCancelled(store, run))) return true;
  if (onConflict !== "cancelRunning") return false;
  for (const other of ahead.slice(0, ahead.length - limit + 1)) {
    const reason = `run ${run} took its place`;
    if (!(await isCancelled(store, other)))
      await store.post(other, { type: "cancel", by: "concurrency", reason }, now());
    await stop(other);
  }
  return (await store.runsAhead(run)).length < limit;
}

/** One that is to end need not wait for its turn. */
async function isCancelled(store: Store, run: string): Promise<boolean> {
  return (await store.inbox(run)).some(({ body }) => body.type === "cancel");
}
