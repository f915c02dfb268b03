import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { StagecraftError } from "../../core/errors.js";
import { clientOf } from "./client.js";
import type { RestateSettings } from "./settings.js";

/** How long a server may take to be ready: milliseconds. */
const READY_MS = 60_000;
const LOOK_MS = 100;

export interface LocalServer {
  readonly pid: number;
  /** Settles when its process has ended, and says how. */
  readonly gone: Promise<string>;
  stop(): Promise<void>;
}

/**
 * A single Restate server on this machine, from the package @restatedev/restate-server, that keeps its data in `folder`.
 * For development: one node, loopback only, telemetry off.
 * @throws StagecraftError `package-missing`, `restate-not-started`
 */
export async function startLocalServer(settings: RestateSettings, folder: string): Promise<LocalServer> {
  const binary = binaryOf();
  fs.mkdirSync(folder, { recursive: true });
  const log = path.join(folder, "server.log");
  const output = fs.openSync(log, "a");
  const args = ["--node-name", "local", "--base-dir", folder, "--listen-mode", "tcp", "--no-logo"];
  const child = spawn(binary, args, { stdio: ["ignore", output, output], env: environmentOf(settings) });
  fs.closeSync(output);
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
  };
  const fault = await Promise.race([gone, untilUp(settings)]);
  if (fault === undefined) return { pid: child.pid as number, gone, stop };
  await stop();
  throw new StagecraftError("restate-not-started", `the Restate server ${fault}`, {
    help: `its log is ${log}; another server may have its ports`,
    kind: "environment",
  });
}

async function untilUp(settings: RestateSettings): Promise<string | undefined> {
  const client = clientOf(settings);
  for (const until = performance.now() + READY_MS; performance.now() < until; ) {
    if (await client.isUp()) return undefined;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return "did not come up";
}

/** Its own program rather than the wrapper, so that the process started is the one to stop. */
function binaryOf(): string {
  const from = createRequire(packageJson());
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;
  try {
    return from.resolve(name);
  } catch (cause) {
    throw missing(cause);
  }
}

function packageJson(): string {
  try {
    return createRequire(import.meta.url).resolve("@restatedev/restate-server/package.json");
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): StagecraftError {
  return new StagecraftError("package-missing", "a local Restate server needs the package @restatedev/restate-server", {
    help:
      "npm install @restatedev/restate-sdk, and npm install --save-dev @restatedev/restate-server (Business Source License 1.1); " +
      "or name a running one in restate:",
    kind: "environment",
    cause,
  });
}

/** What it is given of the environment: nothing of the project's, which may hold secrets. */
function environmentOf({ ingress, admin }: RestateSettings): NodeJS.ProcessEnv {
  const [door, desk] = [new URL(ingress), new URL(admin)];
  return {
    RESTATE_DISABLE_TELEMETRY: "true",
    DO_NOT_TRACK: "1",
    // Four partitions and half a gigabyte do for one machine; the defaults are for servers.
    RESTATE_DEFAULT_NUM_PARTITIONS: "4",
    RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "512 MiB",
    RESTATE_INGRESS__BIND_ADDRESS: door.host,
    RESTATE_ADMIN__BIND_ADDRESS: desk.host,
    // Between the nodes of a cluster; beside the other two, so that several servers of one machine do not meet.
    RESTATE_BIND_ADDRESS: `${desk.hostname}:${Number(desk.port || 80) + 1}`,
  };
}
