import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type LocalServer, startLocalServer } from "../../../src/backend/restate/server.js";
import type { RestateSettings } from "../../../src/backend/restate/settings.js";

/** Has something done when what was started is needed no more. */
export type AtEnd = (end: () => Promise<void>) => void;

export interface TestServer {
  readonly settings: RestateSettings;
  /** The part of a project file that names it. */
  readonly yaml: string;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A real Restate server on free ports, with its data in a temporary folder; gone with the test, or when `atEnd` says. */
export async function restateServer(atEnd: AtEnd = onTestFinished): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-restate-"));
  const [ingress, admin, workers] = await freePorts();
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const settings: RestateSettings = {
    ingress: at(ingress),
    admin: at(admin),
    listen: `127.0.0.1:${workers}`,
    workers: at(workers),
    identityKeys: [],
    graceSeconds: 5,
  };
  let server: LocalServer = await startLocalServer(settings, folder);
  const kill = async () => {
    process.kill(server.pid, "SIGKILL");
    await server.gone;
  };
  atEnd(async () => {
    await kill().catch(() => {});
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return {
    settings,
    yaml: ["backend: restate", "restate:"]
      .concat([`  ingress: ${settings.ingress}`, `  admin: ${settings.admin}`])
      .concat([`  listen: ${settings.listen}`, `  workers: ${settings.workers}`, ""])
      .join("\n"),
    kill,
    async start() {
      server = await startLocalServer(settings, folder);
    },
  };
}

/** Three, of which the second has a free one behind it for the server's own talk. */
async function freePorts(): Promise<readonly [number, number, number]> {
  for (;;) {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const next = ports[1] + 1;
    if (!ports.includes(next) && (await isFree(next))) return ports as unknown as readonly [number, number, number];
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const probe = net.createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
    probe.close();
    return true;
  } catch {
    return false;
  }
}
