import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { programOf } from "../debian.js";
import { ROOT } from "../sources.js";

const FOLDER = path.join(ROOT, "deploy/restate");
const RESTATE = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;

/** The files of `deploy/restate` at work on loopback addresses of their own, with the ports they name. */
export interface Shipped {
  /** Of the balancer, as `host`. */
  readonly balancer: string;
  /** Where the two workers that the balancer knows listen. */
  readonly listens: readonly [string, string];
  /** With keys, certificates and what the servers write; gone with the test. */
  readonly folder: string;
}

/** haproxy with the file that ships, or the reason why there is none here. */
export const balancerProgram = () => programOf("haproxy", "haproxy", "sbin", "-v");

/** The balancer before two workers and three nodes, none of which need be there yet; with TLS where `isSafe`. */
export async function shippedBalancer(isSafe = false): Promise<Shipped> {
  const program = balancerProgram();
  if (typeof program === "string") throw new Error(program);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-shipped-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const at = freeNetwork();
  const balancer = at(9);
  if (isSafe) {
    const nodes = [1, 2, 3].map((node) => `node${node},${at(node)}`);
    execFileSync(path.join(FOLDER, "certificates.sh"), [folder, `balancer,${balancer}`, ...nodes], { stdio: "pipe" });
  }
  const env = {
    ...{ ...program.env, BALANCER: balancer, SOCKET: path.join(folder, "socket") },
    ...{ WORKER1: at(11), WORKER2: at(12), NODE1: at(1), NODE2: at(2), NODE3: at(3) },
    ...(isSafe && { CERTIFICATE: path.join(folder, "balancer.pem") }),
  };
  const log = path.join(folder, "haproxy.log");
  await start(program.file, ["-f", path.join(FOLDER, "haproxy.cfg")], env, log).answers(balancer, 9080);
  return { balancer, listens: [`${at(11)}:9080`, `${at(12)}:9080`], folder };
}

/** Three nodes behind the balancer, which speak TLS to each other and sign what they ask of workers. */
export async function shippedNodes({ balancer, folder }: Shipped): Promise<readonly { kill(): Promise<void> }[]> {
  const file = (name: string) => path.join(folder, name);
  const hosts = [1, 2, 3].map((node) => balancer.replace(/\d+$/, String(node)));
  const shared = {
    RESTATE_METADATA_CLIENT__ADDRESSES: JSON.stringify(hosts.map((host) => `https://${host}:5122`)),
    RESTATE_TLS__MODE: "require",
    RESTATE_TLS__CA_FILES: JSON.stringify([file("ca.crt")]),
    RESTATE_TLS__REQUIRE_CLIENT_AUTH: "true",
    RESTATE_TLS__ALLOWED_SUBJECT_NAMES: JSON.stringify(["node*"]),
    RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE: file("identity.pem"),
    // Whom they believe that they have reached the workers.
    SSL_CERT_FILE: file("ca.crt"),
    RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "256 MiB",
  };
  const nodes = hosts.map((host, at) => {
    const name = `node${at + 1}`;
    const env = {
      ...{ RESTATE_NODE_NAME: name, RESTATE_ADVERTISED_HOST: host, RESTATE_BIND_IP: host },
      ...{ RESTATE_TLS__CERT_FILE: file(`${name}.crt`), RESTATE_TLS__KEY_FILE: file(`${name}.key`) },
      ...(at === 0 && { RESTATE_AUTO_PROVISION: "true" }),
    };
    const args = ["--config-file", path.join(FOLDER, "node.toml"), "--base-dir", file(name), "--no-logo"];
    return start(path.join(ROOT, "node_modules", RESTATE), args, { ...shared, ...env }, file(`${name}.log`));
  });
  for (const [at, node] of nodes.entries()) await node.answers(hosts[at] as string, 8080);
  return nodes;
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv, log: string) {
  const output = fs.openSync(log, "a");
  const child = spawn(file, args, { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", output, output] });
  fs.closeSync(output);
  const gone = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  /** Resolves when it takes connections. */
  const answers = async (host: string, port: number) => {
    while (!(await isOpen(host, port))) {
      if (child.exitCode !== null) throw new Error(fs.readFileSync(log, "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { kill, answers };
}

/** Of the loopback addresses, a network that nobody else is likely to use: the files name ports, not the other way round. */
function freeNetwork(): (host: number) => string {
  const [a, b] = [64 + Math.floor(Math.random() * 190), Math.floor(Math.random() * 256)];
  return (host) => `127.${a}.${b}.${host}`;
}

async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = net.connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
