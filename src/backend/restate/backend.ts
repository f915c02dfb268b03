import { Decider } from "../../engine/away/decider.js";
import { Performer } from "../../engine/away/performer.js";
import type { Runner } from "../../engine/detached.js";
import type { Host, Listener, Owner } from "../../engine/ports.js";
import type { Drives } from "../../engine/worker.js";
import { clientOf, isPassing, type RestateClient } from "./client.js";
import { driveThere } from "./drives.js";
import { serveEndpoint } from "./endpoint.js";
import type { RestateSettings } from "./settings.js";

/** How often runs with attempts under way are given a turn though nobody asked for it: milliseconds. */
const SWEEP_MS = 2_000;
/** So many at a time. */
const SWEPT = 200;
/** How long a worker that starts tries to make itself known, and how often: milliseconds. */
const READY_MS = 30_000;
const AGAIN_MS = 1_000;
/** Begins the name under which all turns hold their runs. */
const OWNER = "restate/";

export interface RestateBackend {
  /** Has runs driven and follows them. */
  readonly drives: Drives;
  /** Lets this process answer Restate until the signal. @throws StagecraftError `package-missing`, `port-taken`, `restate-unreachable` */
  join(options: JoinOptions): Promise<Joined>;
}

export interface JoinOptions {
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

export interface Joined {
  /** Wakes runs that have something to do, without following them. */
  readonly drives: Drives;
  readonly done: Promise<void>;
}

/** @param starts starts the runs that stages start */
export function restateBackend(settings: RestateSettings, host: Host, starts: Pick<Runner, "start">): RestateBackend {
  const client = clientOf(settings);
  const { store, clock } = host;
  const drives: Drives = {
    drive: (run, options) => driveThere(client, store, clock, run, options),
    letGo: async () => {},
  };
  const waking: Drives = { ...drives, drive: (run) => client.turn(run) };
  return {
    drives,
    async join({ listener, signal }) {
      const owner = ownerOf(host.owner);
      const runner: Runner = { start: starts.start, drive: (run) => client.turn(run) };
      const endpoint = await serveEndpoint(settings, {
        decider: new Decider({ ...host, owner }, isDecider),
        performer: new Performer(host, runner),
        ...{ listener, signal, log: host.log, now: () => clock.now() },
      });
      await registered(client, settings.workers, host, signal);
      sweep(host, owner, client, signal);
      return { drives: waking, done: endpoint.done };
    },
  };
}

/** Servers, balancers and workers that start together are not ready together. */
async function registered(client: RestateClient, workers: string, { clock, log }: Host, signal: AbortSignal) {
  let isTold = false;
  for (const until = clock.now() + READY_MS; ; ) {
    try {
      return await client.register(workers);
    } catch (error) {
      if (signal.aborted) return;
      if (clock.now() >= until || !isPassing(error)) throw error;
      if (!isTold) log.warn(`waiting until this worker can make itself known: ${(error as Error).message}`);
      isTold = true;
      await new Promise<void>((resolve) => void clock.at(clock.now() + AGAIN_MS, resolve));
    }
  }
}

/** Restate gives a run one turn at a time: who holds it from a turn before this one is gone, whatever its process does. */
function ownerOf(process: Owner): Owner {
  return {
    name: `${OWNER}${process.name}`,
    isDead: (name) => isDecider(name) || process.isDead(name),
  };
}

function isDecider(owner: string): boolean {
  return owner.startsWith(OWNER);
}

/** What is said to a run while its attempts are under way is heard soon, whoever said it. */
function sweep({ store, clock, log }: Host, owner: Owner, client: RestateClient, signal: AbortSignal): void {
  let isSweeping = false;
  const wakeAll = async () => {
    const now = clock.now();
    const runs = await store.claimable(owner, now, SWEPT);
    // Every worker sweeps, and one of them is enough.
    const round = Math.floor(now / SWEEP_MS);
    await Promise.all(runs.map((run) => client.wake(run, `sweep/${run}/${round}`)));
  };
  const stop = clock.every(SWEEP_MS, () => {
    if (isSweeping) return;
    isSweeping = true;
    wakeAll()
      .catch((error: Error) => log.error(`cannot look after the runs at Restate: ${error.message}`))
      .finally(() => {
        isSweeping = false;
      });
  });
  signal.addEventListener("abort", stop, { once: true });
}
