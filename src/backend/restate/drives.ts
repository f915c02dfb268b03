import type { DriveOptions } from "../../engine/drive-parts.js";
import type { DriveResult } from "../../engine/engine.js";
import type { Clock, RunRow, Store } from "../../engine/ports.js";
import type { RestateClient } from "./client.js";

/** How often a run is looked at while Restate has it driven: milliseconds. */
const LOOK_MS = 100;

/** Has a run driven by Restate, and follows it until it ends, rests for longer than the patience, or the signal. */
export async function driveThere(
  client: RestateClient,
  store: Store,
  clock: Clock,
  run: string,
  { patience, listener, after, signal }: DriveOptions,
): Promise<DriveResult> {
  let seen = after ?? (await store.getRun(run))?.headSeq ?? 0;
  const end = await client.turn(run);
  if (end === "busy" || end === "queued") return end;
  for (;;) {
    const row = await store.getRun(run);
    if (row !== undefined && row.headSeq > seen) {
      listener?.(run, await store.readEvents(run, seen, row.headSeq - seen));
      seen = row.headSeq;
    }
    const rest = row === undefined ? "lost" : restOf(row, clock.now() + patience);
    if (rest !== undefined) return rest;
    if (signal?.aborted) return "stopped";
    await new Promise<void>((resolve) => void clock.at(clock.now() + LOOK_MS, resolve));
  }
}

function restOf({ endedAt, owner, status, wakeAt }: RunRow, until: number): DriveResult | undefined {
  if (endedAt !== null) return "ended";
  if (owner !== null) return undefined;
  if (status === "paused") return "paused";
  return status === "waiting" && (wakeAt === null || wakeAt > until) ? "waiting" : undefined;
}
