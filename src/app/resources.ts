import type { Listener, Store, UsedResources } from "../engine/ports.js";
import type { Drives } from "../engine/worker.js";
import { ResourceMeter } from "../observe/resources.js";
import type { Logger } from "../plugin/api.js";

/** How long what was used is gathered before it is written: milliseconds. */
const GATHER_MS = 5_000;

/** Measures what this process uses for the runs it drives, and keeps it beside them. */
export interface Resources {
  readonly heard: Listener;
  /** What drives runs here, watched. */
  watched(drives: Drives): Drives;
  /** Hears what was measured, when it is measured. */
  onUsed(hear: (used: readonly UsedResources[]) => void): void;
  /** Writes what was gathered. A store that cannot take it now loses numbers and nothing else. */
  flush(): Promise<void>;
}

export function resourcesOf(store: () => Promise<Store>, log: () => Promise<Logger>): Resources {
  const meter = new ResourceMeter();
  const hearers: ((used: readonly UsedResources[]) => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const write = async (used: readonly UsedResources[]) => {
    try {
      await (await store()).addResources(used);
    } catch (error) {
      (await log()).warn(`cannot keep what runs used: ${(error as Error).message}`);
    }
  };
  const arm = () => {
    if (timer === undefined && !meter.isIdle) timer = setTimeout(flush, GATHER_MS).unref();
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const used = meter.take();
    arm();
    if (used.length > 0) {
      for (const hear of hearers) hear(used);
      writing = writing.then(() => write(used));
    }
    return writing;
  };
  return {
    flush,
    onUsed: (hear) => void hearers.push(hear),
    heard(run, recorded) {
      meter.heard(run, recorded.length);
      arm();
    },
    watched: (drives) => ({
      ...(drives.room !== undefined && { room: () => drives.room?.() ?? 0 }),
      letGo: () => drives.letGo(),
      async drive(run, ...how) {
        meter.driving(run);
        arm();
        try {
          return await drives.drive(run, ...how);
        } finally {
          meter.rested(run);
        }
      },
    }),
  };
}
