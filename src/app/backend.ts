import path from "node:path";
import type { Config } from "../config.js";
import type { Engine } from "../engine/engine.js";
import type { Host, Listener } from "../engine/ports.js";
import type { Drives } from "../engine/worker.js";

/** Who drives runs. */
export interface Backend {
  /** For whoever waits for a run. */
  readonly drives: Drives;
  /** Lets this process take part in driving whatever has something to do, until the signal. */
  join(options: { readonly listener: Listener; readonly signal: AbortSignal }): Promise<{
    readonly drives: Drives;
    /** Settles when its part is over. */
    readonly done: Promise<void>;
  }>;
}

/** This process, or Restate; the packages of the latter are loaded only then. */
export async function backendOf(
  { restate }: Config,
  engine: Engine,
  host: Host,
  watched: (drives: Drives) => Drives,
): Promise<Backend> {
  if (restate === undefined) {
    const drives = watched(engine);
    return { drives, join: async () => ({ drives, done: Promise.resolve() }) };
  }
  const { restateBackend } = await import("../backend/restate/backend.js");
  return restateBackend(restate, host, engine);
}

/**
 * Starts a Restate server beside this process, from its npm package, unless one answers already at the configured
 * addresses. Its data lies in the project's `.stagecraft/restate`. Undefined: nothing had to be started.
 * @throws StagecraftError `package-missing`, `restate-not-started`
 */
export async function bringServer({ restate, project }: Config): Promise<{ stop(): Promise<void> } | undefined> {
  if (restate === undefined) return undefined;
  const [{ clientOf }, { startLocalServer }] = await Promise.all([
    import("../backend/restate/client.js"),
    import("../backend/restate/server.js"),
  ]);
  if (await clientOf(restate).isUp()) return undefined;
  return startLocalServer(restate, path.join(project, ".stagecraft/restate"));
}
